with

components as (

    select * from {{ ref('int_indicators__components') }}

),

sites as (

    select * from {{ ref('int_indicators__scopes') }}
    where scope_type = 'site' and {{ in_touched_sites(site_of_year('scope_id', 'year')) }}

),

-- A site is counted by itself: there is nothing to add up.
told as (

    select
        indicator_id,
        method_version,
        component_id,
        project_id,
        year,
        case when state <> 'not_asked' then 1 else 0 end as n_asked,
        case when state = 'answered' and evaluation_id is not null then 1 else 0 end as n_answered,
        case when state = 'ambiguous' and not is_outside then 1 else 0 end as n_ambiguous,
        case when is_outside then 1 else 0 end as n_outside,
        denominator,
        numerator,
        numerator_low,
        numerator_high,
        value,
        value_low,
        value_high
    from {{ ref('fct_indicator_evaluation') }}
    where {{ in_touched_sites() }}

),

-- Nothing was said about the others: that is a row, too.
untold as (

    select
        indicator_id,
        method_version,
        component_id,
        project_id,
        year,
        {% for column in ['n_asked', 'n_answered', 'n_ambiguous', 'n_outside', 'denominator'] %}
            0 as {{ column }},
        {% endfor %}
        {% for column in ['numerator', 'numerator_low', 'numerator_high'] %}
            null::integer as {{ column }},
        {% endfor %}
        null::double as value,
        null::double as value_low,
        null::double as value_high
    from {{ ref('int_indicators__untold') }}

),

said as (

    select * from told
    union all
    select * from untold

),

final as (

    select
        said.indicator_id,
        said.method_version,
        said.component_id,
        components.kind,
        components.family,
        components.statistic,
        components.is_estimated,
        components.minimum_n,
        'site' as scope_type,
        sites.scope_id,
        said.year,
        sites.n_evaluations,
        sites.n_register,
        {% for column in ['n_asked', 'n_answered', 'n_ambiguous', 'n_outside', 'denominator'] %}
            said.{{ column }}::integer as {{ column }},
        {% endfor %}
        {% for column in ['numerator', 'numerator_low', 'numerator_high'] %}
            coalesce(said.{{ column }}, 0)::integer as {{ column }},
        {% endfor %}
        {% for column in ['value', 'value_low', 'value_high'] %}
            case when components.statistic in ('sum', 'median') then said.{{ column }} end as {{ column }},
        {% endfor %}
        case when components.statistic = 'median' then said.value end as value_q1,
        case when components.statistic = 'median' then said.value end as value_q3
    from said
    inner join components
        on {{ same_component('said', 'components') }}
    inner join sites on said.project_id = sites.scope_id and said.year = sites.year

)

select * from final
