with

components as (

    select * from {{ ref('int_indicators__components') }}

),

sites as (

    select * from {{ ref('int_indicators__scopes') }}
    where scope_type = 'site' and {{ in_touched_years('year') }}

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
    where {{ in_touched_years('year') }}

),

-- Not of `told`: what is read twice is held in memory as a whole.
keys as (

    select
        indicator_id,
        method_version,
        component_id,
        project_id,
        year
    from {{ ref('fct_indicator_evaluation') }}
    where {{ in_touched_years('year') }}

),

-- Nothing was said about the others: that is a row, too.
untold as (

    select
        components.indicator_id,
        components.method_version,
        components.component_id,
        sites.scope_id as project_id,
        sites.year,
        {% for column in ['n_asked', 'n_answered', 'n_ambiguous', 'n_outside', 'denominator'] %}
            0 as {{ column }},
        {% endfor %}
        {% for column in ['numerator', 'numerator_low', 'numerator_high'] %}
            null::integer as {{ column }},
        {% endfor %}
        {% for column in ['value', 'value_low', 'value_high'] %}
            null::double as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from components
    cross join sites
    left join keys
        on
            {{ same_component('components', 'keys') }}
            and sites.scope_id = keys.project_id
            and sites.year = keys.year
    where keys.project_id is null

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
        {% for column in ['value_q1', 'value_q3'] %}
            case when components.statistic = 'median' then said.value end as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from said
    inner join components
        on {{ same_component('said', 'components') }}
    inner join sites on said.project_id = sites.scope_id and said.year = sites.year

)

select * from final
