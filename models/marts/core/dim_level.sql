with

levels as (

    select * from {{ ref('levels') }}

),

final as (

    select
        level_id,
        position::integer as position,
        label_fr,
        label_en,
        asked_by
    from levels

)

select * from final
