with

components as (

    select * from {{ ref('int_indicators__components') }}
    where family = 'documents'

),

evaluations as (

    select * from {{ ref('fct_evaluation') }}
    where {{ in_touched_sites() }}

),

responses as (

    select * from {{ ref('fct_response') }}
    where {{ in_touched_sites() }}

),

met as (

    select * from {{ ref('int_indicators__documented_for') }}

),

-- What of an evaluation is documented, whatever the component.
summed as (

    select
        evaluation_id,
        count(*) filter (where is_criterion) as criterion_count,
        count(*) filter (where is_criterion and is_told) as told_count
    from {{ ref('int_indicators__documented') }}
    group by evaluation_id

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
            when 'C6' then evaluations.lost_count
            when 'C7' then summed.told_count
            else (met.evaluation_id is not null)::integer
        end as numerator,
        case components.indicator_id
            when 'C6' then evaluations.asked_count
            when 'C7' then coalesce(summed.criterion_count, 0)
            else 1
        end as denominator,
        case components.indicator_id when 'C3' then coalesce(summed.criterion_count, 0) end as value
    from components
    cross join evaluations
    left join summed on evaluations.evaluation_id = summed.evaluation_id
    left join met
        on
            {{ same_component('components', 'met') }}
            and evaluations.evaluation_id = met.evaluation_id
    where components.indicator_id <> 'C5'

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
