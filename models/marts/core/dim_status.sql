with

statuses as (

    select * from {{ ref('statuses') }}

),

final as (

    select
        status,
        position::integer as position,
        obs_status,
        conf_status,
        label_fr,
        label_en
    from statuses

)

select * from final
