with

components as (

    select * from {{ ref('int_indicators__components') }}
    where statistic in ('sum', 'median')

),

memberships as (

    select * from {{ ref('int_indicators__memberships') }}
    where {{ in_touched_years('year') }}

),

facts as (

    select * from {{ ref('fct_indicator_evaluation') }}
    where {{ in_touched_years('year') }}

),

measurable as (

    select facts.*
    from facts
    inner join components
        on {{ same_component('facts', 'components') }}

),

final as (

    select
        facts.indicator_id,
        facts.method_version,
        facts.component_id,
        facts.year,
        memberships.scope_type,
        memberships.scope_id,
        {% for column in ['value', 'value_low', 'value_high'] %}
            {{ ordered_sum('facts.' ~ column) }} as {{ column }}_sum,
            {{ quantile('facts.' ~ column, 0.5) }} as {{ column }}_median,
        {% endfor %}
        {{ quantile('facts.value', 0.25) }} as value_q1,
        {{ quantile('facts.value', 0.75) }} as value_q3
    from measurable as facts
    inner join memberships on facts.project_id = memberships.project_id and facts.year = memberships.year
    where memberships.scope_type <> 'site'
    group by
        facts.indicator_id,
        facts.method_version,
        facts.component_id,
        facts.year,
        memberships.scope_type,
        memberships.scope_id
    union all
    select
        indicator_id,
        method_version,
        component_id,
        year,
        'site' as scope_type,
        project_id as scope_id,
        {% for column in ['value', 'value_low', 'value_high'] %}
            {{ column }} as {{ column }}_sum,
            {{ column }} as {{ column }}_median,
        {% endfor %}
        value as value_q1,
        value as value_q3
    from measurable

)

select * from final
