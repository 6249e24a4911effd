{{ config(materialized='table') }}

with

final as (

    select * from {{ ref('int_indicators__family_masks') }}
    union all
    select * from {{ ref('int_indicators__gap_masks') }}

)

select * from final
