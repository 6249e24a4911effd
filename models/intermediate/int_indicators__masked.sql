{{ config(materialized='table') }}

with

final as (

    select
        indicator_id,
        method_version,
        component_id,
        year,
        scope_type,
        scope_id,
        is_few,
        is_left_out
    from {{ ref('int_indicators__family_masks') }}
    union all
    select
        indicator_id,
        method_version,
        component_id,
        year,
        scope_type,
        scope_id,
        is_few,
        is_left_out
    from {{ ref('int_indicators__gap_masks') }}

)

select * from final
