with

components as (

    select * from {{ ref('int_indicators__components') }}
    where family = 'documents'

),

evaluations as (

    select * from {{ ref('fct_evaluation') }}
    where {{ in_touched_years('year') }}

),

responses as (

    select * from {{ ref('fct_response') }}
    where {{ in_touched_years('year') }}

),

documented as (

    select * from {{ ref('int_indicators__documented') }}

),

counted as (

    select
        components.indicator_id,
        components.method_version,
        components.component_id,
        components.statistic,
        evaluations.project_id,
        evaluations.year,
        case components.indicator_id
            when 'C3' then 1
            when 'C4' then (count(*) filter (where documented.category_id = components.category_id))
            when 'C6' then max(evaluations.lost_count)
            when 'C7' then (count(*) filter (where documented.is_criterion and documented.is_told))
            when 'X4'
                then
                    max((
                        position('|' || components.component_id || '.' in '|' || documented.targets) > 0
                    )::integer)
        end as numerator,
        case components.indicator_id
            when 'C6' then max(evaluations.asked_count)
            when 'C7' then (count(*) filter (where documented.is_criterion))
            else 1
        end as denominator,
        case components.indicator_id
            when 'C3' then (count(*) filter (where documented.is_criterion))
        end as value
    from components
    cross join evaluations
    left join documented on evaluations.evaluation_id = documented.evaluation_id
    where components.indicator_id <> 'C5'
    group by
        components.indicator_id, components.method_version, components.component_id, components.statistic,
        evaluations.project_id, evaluations.year

),

final as (

    select
        indicator_id,
        method_version,
        component_id,
        project_id,
        year,
        case when denominator > 0 then 'answered' else 'blank' end as state,
        false as is_outside,
        case when statistic <> 'median' then coalesce(numerator, 0) end as numerator,
        denominator,
        value
    from counted
    union all
    select
        components.indicator_id,
        components.method_version,
        components.component_id,
        evaluations.project_id,
        evaluations.year,
        'answered' as state,
        false as is_outside,
        coalesce(responses.state = 'ambiguous', false)::integer as numerator,
        1 as denominator,
        null as value
    from components
    cross join evaluations
    left join responses
        on
            evaluations.evaluation_id = responses.evaluation_id
            and components.question_id = responses.question_id
    where components.indicator_id = 'C5'

)

select * from final
