with

categories as (

    select * from {{ ref('categories') }}

),

final as (

    select
        category_id,
        level_id,
        position::integer as position,
        criterion_number::integer as criterion_number,
        label_fr,
        label_en,
        sdg_targets_proposed
    from categories

)

select * from final
