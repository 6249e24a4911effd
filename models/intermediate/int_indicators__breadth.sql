with

components as (

    select * from {{ ref('int_indicators__components') }}
    where family = 'breadth'

),

evaluations as (

    select * from {{ ref('fct_evaluation') }}
    where {{ in_touched_sites() }}

),

criteria as (

    select * from {{ ref('int_indicators__criteria') }}
    where {{ in_touched_sites() }}

),

counted as (

    select
        evaluation_id,
        bool_or(is_answered) as is_answered,
        count(*) filter (where has_effect) as observed_count,
        count(*) filter (where has_effect or is_open) as possible_count
    from criteria
    group by evaluation_id

),

final as (

    select
        components.indicator_id,
        components.method_version,
        components.component_id,
        evaluations.project_id,
        evaluations.year,
        case
            when counted.is_answered then 'answered'
            when evaluations.has_social then 'blank'
            else 'not_asked'
        end as state,
        false as is_outside,
        case
            when components.statistic = 'share'
                then (
                    coalesce(counted.is_answered, false)
                    and counted.observed_count = try_cast(components.measure as integer)
                )::integer
        end as numerator,
        coalesce(counted.is_answered, false)::integer as denominator,
        case
            when components.statistic = 'share'
                then (
                    coalesce(counted.is_answered, false)
                    and counted.observed_count = try_cast(components.measure as integer)
                    and counted.possible_count = counted.observed_count
                )::integer
        end as numerator_low,
        case
            when components.statistic = 'share'
                then (
                    coalesce(counted.is_answered, false)
                    and counted.observed_count <= try_cast(components.measure as integer)
                    and counted.possible_count >= try_cast(components.measure as integer)
                )::integer
        end as numerator_high,
        case
            when components.statistic = 'median' and counted.is_answered then counted.observed_count
        end as value,
        case when components.statistic = 'median' then coalesce(counted.observed_count, 0) end as value_low,
        case when components.statistic = 'median' then coalesce(counted.possible_count, 12) end as value_high
    from components
    cross join evaluations
    left join counted on evaluations.evaluation_id = counted.evaluation_id

)

select * from final
