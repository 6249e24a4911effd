with

components as (

    select * from {{ ref('int_indicators__components') }}
    where family = 'scores'

),

scores as (

    select * from {{ ref('fct_environment_score') }}
    where sub_axis_id = 'all' and {{ in_touched_sites() }}

),

valued as (

    select
        components.indicator_id,
        components.method_version,
        components.component_id,
        scores.project_id,
        scores.year,
        case
            when components.measure = 'answered' then scores.answered_score
            -- The platform takes what is not answered for 0; a form without any answer has no score here.
            when scores.answered_count > 0 then scores.platform_score
        end as value
    from components
    inner join scores on components.category_id = scores.category_id

),

final as (

    select
        *,
        case when value is null then 'blank' else 'answered' end as state,
        false as is_outside,
        (value is not null)::integer as denominator
    from valued

)

select * from final
