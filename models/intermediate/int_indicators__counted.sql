with

components as (

    select * from {{ ref('int_indicators__components') }}

),

campaigns as (

    select * from {{ ref('dim_campaign') }}

),

evaluations as (

    select * from {{ ref('int_indicators__by_evaluation') }}

),

counted as (

    select
        indicator_id,
        method_version,
        component_id,
        year,
        count(*) filter (where state <> 'not_asked') as n_asked,
        count(*) filter (where state = 'answered') as n_answered,
        count(*) filter (where state = 'ambiguous') as n_ambiguous,
        count(*) filter (where is_counted) as numerator
    from evaluations
    group by indicator_id, method_version, component_id, year

),

-- A row for every component and year, so that a figure which cannot be given is one, too.
final as (

    select
        components.indicator_id,
        components.method_version,
        components.component_id,
        components.kind,
        components.minimum_n,
        campaigns.year,
        'network' as scope_type,
        'network' as scope_id,
        campaigns.evaluation_count as n_evaluations,
        null::integer as n_register,
        coalesce(counted.n_asked, 0)::integer as n_asked,
        coalesce(counted.n_answered, 0)::integer as n_answered,
        coalesce(counted.n_ambiguous, 0)::integer as n_ambiguous,
        coalesce(counted.numerator, 0)::integer as numerator
    from components
    cross join campaigns
    left join counted
        on
            components.indicator_id = counted.indicator_id
            and components.method_version = counted.method_version
            and components.component_id = counted.component_id
            and campaigns.year = counted.year

)

select * from final
