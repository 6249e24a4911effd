{{ config(materialized='table') }}

{#- All indicators of effects are restricted in a strict network (effets.toml); what was received stays public. -#}
{%- set is_strict = var('disclosure', 'normal') == 'strict' -%}
{%- set key = ['indicator_id', 'method_version', 'component_id', 'year', 'scope_type', 'scope_id'] -%}

with

figures as (

    select * from {{ ref('fct_indicator_value') }}
    where scope_type <> 'site' and status not in ('not_asked', 'no_register') and denominator > 0

),

restricted as (

    select
        indicator_id,
        method_version
    from {{ ref('dim_indicator') }}
    where disclosure = 'restricted' {% if is_strict %}or kind <> 'coverage'{% endif %}

),

components as (

    select * from {{ ref('int_indicators__components') }}

),

-- Indicators of one question share its answers: they are masked together.
items as (

    select
        indicator_id,
        method_version,
        coalesce(min(coalesce(among_question_id, question_id)), min(indicator_id)) as item_id,
        bool_or(family = 'choices' and among_question_id is not null) as is_conditional
    from components
    group by indicator_id, method_version

),

-- The largest site of each total.
largest as (

    select
        facts.indicator_id,
        facts.method_version,
        facts.component_id,
        facts.year,
        members.scope_type,
        members.scope_id,
        max(facts.value) as largest_value,
        sum(facts.value) as total_value
    from {{ ref('fct_indicator_evaluation') }} as facts
    inner join components
        on
            facts.indicator_id = components.indicator_id
            and facts.method_version = components.method_version
            and facts.component_id = components.component_id
    inner join {{ ref('int_indicators__memberships') }} as members
        on facts.project_id = members.project_id and facts.year = members.year
    where components.statistic = 'sum' and members.scope_type <> 'site'
    group by
        facts.indicator_id,
        facts.method_version,
        facts.component_id,
        facts.year,
        members.scope_type,
        members.scope_id

),

-- Départements add up to régions: they are one family of tables, masked together.
cells as (

    select
        {% for column in key %}figures.{{ column }},{% endfor %}
        items.item_id,
        items.is_conditional,
        case when figures.scope_type in ('region', 'department') then 'geography' else figures.scope_type end as family,
        figures.numerator,
        figures.denominator,
        coalesce(figures.numerator in (1, 2), false) as is_few,
        figures.denominator < 3
        or coalesce(figures.numerator in (1, 2), false)
        or coalesce(components.statistic = 'share' and figures.denominator - figures.numerator in (1, 2), false)
        or coalesce(largest.largest_value > 0.85 * largest.total_value, false) as is_unsafe
    from figures
    inner join restricted
        on figures.indicator_id = restricted.indicator_id and figures.method_version = restricted.method_version
    inner join items
        on figures.indicator_id = items.indicator_id and figures.method_version = items.method_version
    inner join components
        on
            figures.indicator_id = components.indicator_id
            and figures.method_version = components.method_version
            and figures.component_id = components.component_id
    left join largest
        on {% for column in key %}figures.{{ column }} = largest.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}

),

-- One unsafe cell masks its family of tables, and one of the whole network all of them: nothing is left to subtract.
families as (

    select
        item_id,
        year,
        family,
        bool_or(is_unsafe) as is_unsafe
    from cells
    group by item_id, year, family

),

network as (

    select
        cells.indicator_id,
        cells.method_version,
        cells.component_id,
        cells.year,
        cells.numerator,
        cells.denominator,
        families.is_unsafe
    from cells
    inner join families
        on
            cells.item_id = families.item_id
            and cells.year = families.year
            and families.family = 'network'
    where cells.scope_type = 'network'

),

final as (

    select
        {% for column in key %}cells.{{ column }},{% endfor %}
        cells.scope_type = 'network' and cells.is_few as is_few,
        -- What published figures give away is not masked but left out: groups of which all or none count, a group
        -- that is the whole network, and what is counted among the sites of a masked answer.
        cells.is_conditional
        or (
            cells.scope_type <> 'network'
            and not network.is_unsafe
            and (
                coalesce(network.numerator in (0, network.denominator), false)
                or cells.denominator = network.denominator
            )
        ) as is_left_out
    from cells
    inner join families
        on
            cells.item_id = families.item_id
            and cells.year = families.year
            and cells.family = families.family
    inner join network
        on
            cells.indicator_id = network.indicator_id
            and cells.method_version = network.method_version
            and cells.component_id = network.component_id
            and cells.year = network.year
    where families.is_unsafe or network.is_unsafe

)

select * from final
