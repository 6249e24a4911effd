with

components as (

    select * from {{ ref('int_indicators__components') }}
    where family = 'documents'

),

categories as (

    select * from {{ ref('categories') }}

),

documented as (

    select * from {{ ref('int_indicators__documented') }}

),

-- The categories that a component speaks of: its own, or those of its goal.
spoken_of as (

    select
        components.indicator_id,
        components.method_version,
        components.component_id,
        categories.category_id
    from components
    inner join categories
        on
            (components.indicator_id = 'C4' and components.category_id = categories.category_id)
            or (
                components.indicator_id = 'X4'
                and position('|' || components.component_id || '.' in '|' || categories.sdg_targets_proposed)
                > 0
            )

),

final as (

    select distinct
        spoken_of.indicator_id,
        spoken_of.method_version,
        spoken_of.component_id,
        documented.evaluation_id
    from spoken_of
    inner join documented on spoken_of.category_id = documented.category_id

)

select * from final
