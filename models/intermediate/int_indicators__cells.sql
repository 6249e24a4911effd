{{ config(materialized='table') }}

{#- In a strict network (effets.toml) all are restricted but what was received. -#}
{%- set is_strict = var('disclosure', 'normal') == 'strict' -%}

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
final as (

    select
        figures.indicator_id,
        figures.method_version,
        figures.component_id,
        figures.year,
        figures.scope_type,
        figures.scope_id,
        items.item_id,
        items.is_conditional,
        case
            when figures.scope_type in ('region', 'department') then 'geography' else figures.scope_type
        end as family,
        figures.numerator,
        figures.denominator,
        coalesce(figures.numerator in (1, 2), false) as is_few,
        figures.denominator < 3
        or coalesce(figures.numerator in (1, 2), false)
        or coalesce(
            components.statistic = 'share' and figures.denominator - figures.numerator in (1, 2), false
        )
        or coalesce(largest.largest_value > 0.85 * largest.total_value, false) as is_unsafe
    from figures
    inner join restricted
        on
            figures.indicator_id = restricted.indicator_id
            and figures.method_version = restricted.method_version
    inner join items
        on figures.indicator_id = items.indicator_id and figures.method_version = items.method_version
    inner join components
        on
            figures.indicator_id = components.indicator_id
            and figures.method_version = components.method_version
            and figures.component_id = components.component_id
    left join largest
        on
            figures.indicator_id = largest.indicator_id
            and figures.method_version = largest.method_version
            and figures.component_id = largest.component_id
            and figures.year = largest.year
            and figures.scope_type = largest.scope_type
            and figures.scope_id = largest.scope_id

)

select * from final
