with

components as (

    select * from {{ ref('int_indicators__components') }}
    where is_binary

),

scopes as (

    select * from {{ ref('int_indicators__scopes') }}
    where n_evaluations > 0

),

asked as (

    select distinct
        indicator_id,
        method_version,
        component_id
    from {{ ref('fct_indicator_value') }}
    where scope_type = 'network' and status <> 'not_asked'

),

breaks as (

    select * from {{ ref('int_indicators__breaks') }}
    where year_from is not null

),

pairs as (

    select
        year as year_to,
        lag(year) over (order by year) as year_from
    from {{ ref('dim_campaign') }}

),

counted as (

    select * from {{ ref('int_indicators__changes_counted') }}

),

-- A row for every binary component, pair of campaigns and scope: what cannot be told is one, too.
final as (

    select
        components.indicator_id,
        components.method_version,
        components.component_id,
        pairs.year_from,
        pairs.year_to,
        scopes.scope_type,
        scopes.scope_id,
        coalesce(counted.n_matched, 0)::integer as n_matched,
        coalesce(counted.numerator_from, 0)::integer as numerator_from,
        coalesce(counted.numerator_to, 0)::integer as numerator_to,
        coalesce(counted.gained, 0)::integer as gained,
        coalesce(counted.lost, 0)::integer as lost,
        case
            when counted.n_broken > 0 or exists (
                select 1 from breaks
                where
                    {{ same_component('breaks', 'components') }}
                    and breaks.year_from < pairs.year_to and breaks.year_to > pairs.year_from
            ) then 'break'
            when counted.n_asked = 0 or asked.component_id is null then 'not_asked'
            when counted.n_ambiguous > 0 then 'bounds'
            when coalesce(counted.n_matched, 0) = 0 then 'no_data'
            -- A change needs ten sites on both sides of it.
            when counted.n_matched < 10 then 'small_n'
            else 'ok'
        end as status
    from components
    inner join scopes
        on
            scopes.scope_type = 'network'
            or {{ is_listed('scopes.scope_type', 'components.disaggregations') }}
    inner join pairs on scopes.year = pairs.year_to and pairs.year_from is not null
    left join asked
        on {{ same_component('components', 'asked') }}
    left join counted
        on
            {{ same_component('components', 'counted') }}
            and pairs.year_to = counted.year_to
            and scopes.scope_type = counted.scope_type
            and scopes.scope_id = counted.scope_id

)

select * from final
