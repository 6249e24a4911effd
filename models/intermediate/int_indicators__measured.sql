with

components as (

    select * from {{ ref('int_indicators__components') }}

),

memberships as (

    select * from {{ ref('fct_scope_member') }}
    where scope_type <> 'site' and {{ in_touched_years('year') }}

),

-- Sums and medians apart: either holds all numbers of a group, and together they would hold them twice. The
-- groups are not a table that both read, as all of it would have to be in memory.
{% for statistic in ['sum', 'median'] %}
    {{ statistic }}s as (

        select
            facts.indicator_id,
            facts.method_version,
            facts.component_id,
            facts.year,
            memberships.scope_type,
            memberships.scope_id,
            {% for column in ['facts.value', 'facts.value_low', 'facts.value_high'] %}
                {{ ordered_sum(column) if statistic == 'sum' else quantile(column, 0.5) }}
                    as {{ column.removeprefix('facts.') }},
            {% endfor %}
            {{ quantile('facts.value', 0.25) if statistic == 'median' else 'null::double' }} as value_q1,
            {{ quantile('facts.value', 0.75) if statistic == 'median' else 'null::double' }} as value_q3
        from {{ ref('fct_indicator_evaluation') }} as facts
        inner join components
            on {{ same_component('facts', 'components') }}
        inner join memberships on facts.project_id = memberships.project_id and facts.year = memberships.year
        where {{ in_touched_years('facts.year') }} and components.statistic = '{{ statistic }}'
        group by
            facts.indicator_id,
            facts.method_version,
            facts.component_id,
            facts.year,
            memberships.scope_type,
            memberships.scope_id

    ),
{% endfor %}

final as (

    select * from sums
    union all
    select * from medians

)

select * from final
