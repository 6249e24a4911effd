with

states as (

    select * from {{ ref('states') }}

),

final as (

    select
        state,
        position::integer as position,
        label_fr,
        label_en,
        definition_fr,
        definition_en
    from states

)

select * from final
