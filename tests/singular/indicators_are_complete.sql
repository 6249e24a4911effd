-- Every component has a row for the network of every year and for every site that was evaluated, and for every pair of
-- campaigns if it says yes or no; nothing is null without a status that says why.
with

components as (

    select * from {{ ref('int_indicators__components') }}

),

expected as (

    select
        components.indicator_id,
        components.component_id,
        campaigns.year,
        'network' as scope_id
    from components
    cross join {{ ref('dim_campaign') }} as campaigns
    union all
    select
        components.indicator_id,
        components.component_id,
        evaluations.year,
        evaluations.project_id
    from components
    cross join {{ ref('fct_evaluation') }} as evaluations

),

final as (

    select
        expected.*,
        'no row' as problem
    from expected
    left join {{ ref('fct_indicator_value') }} as figures
        on
            expected.indicator_id = figures.indicator_id
            and expected.component_id = figures.component_id
            and expected.year = figures.year
            and expected.scope_id = figures.scope_id
            and figures.scope_type in ('network', 'site')
    where figures.indicator_id is null
    union all
    select
        indicator_id,
        component_id,
        year,
        scope_id,
        'null without a status' as problem
    from {{ ref('fct_indicator_value') }}
    where status is null or (status = 'ok') <> (value is not null)
    union all
    select
        components.indicator_id,
        components.component_id,
        campaigns.year,
        'network',
        'no row of change' as problem
    from components
    cross join {{ ref('dim_campaign') }} as campaigns
    left join {{ ref('fct_indicator_change') }} as changes
        on
            components.indicator_id = changes.indicator_id
            and components.component_id = changes.component_id
            and campaigns.year = changes.year_to
            and changes.scope_type = 'network'
    where
        components.is_binary
        and changes.indicator_id is null
        and campaigns.year > (select min(first_campaign.year) from {{ ref('dim_campaign') }} as first_campaign)

)

select * from final
