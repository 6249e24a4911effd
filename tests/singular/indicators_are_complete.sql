-- Every component has a row for the network of every year and for every site that was evaluated, and for every pair of
-- campaigns if it says yes or no; nothing is null without a status that says why.
with

campaigns as (

    select found.year
    from {{ ref('dim_campaign') }} as found
    where {{ is_untested('found', 'years') }}

),

figures as (

    select
        found.indicator_id,
        found.component_id,
        found.year,
        found.scope_type,
        found.scope_id,
        found.status is null or (found.status = 'ok') <> (found.value is not null) as is_unexplained
    from {{ ref('fct_indicator_value') }} as found
    where
        {{ is_untested('found', 'years') }}
        and (found.scope_type <> 'site' or {{ is_untested_site(site_of_year('found.scope_id', 'found.year')) }})

),

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
    cross join campaigns
    union all
    select
        components.indicator_id,
        components.component_id,
        evaluations.year,
        evaluations.project_id
    from components
    cross join {{ ref('fct_evaluation') }} as evaluations
    where
        evaluations.year in (select campaigns.year from campaigns)
        and {{ is_untested_site('evaluations.evaluation_id') }}

),

final as (

    select
        expected.*,
        'no row' as problem
    from expected
    left join figures
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
    from figures
    where is_unexplained
    union all
    select
        components.indicator_id,
        components.component_id,
        campaigns.year,
        'network',
        'no row of change' as problem
    from components
    cross join campaigns
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
