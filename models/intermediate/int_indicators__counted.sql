with

components as (

    select * from {{ ref('int_indicators__components') }}

),

scopes as (

    select * from {{ ref('int_indicators__scopes') }}
    where scope_type <> 'site' and {{ in_touched_years('year') }}

),

-- A row for every component, year and scope, so that a figure which cannot be given is one, too.
wanted as (

    select
        components.indicator_id,
        components.method_version,
        components.component_id,
        components.kind,
        components.family,
        components.statistic,
        components.is_estimated,
        components.minimum_n,
        scopes.scope_type,
        scopes.scope_id,
        scopes.year,
        scopes.n_evaluations,
        scopes.n_register
    from components
    inner join scopes
        on
            (
                scopes.scope_type = 'network'
                or {{ is_listed('scopes.scope_type', 'components.disaggregations') }}
            )
            -- That nobody of a group of the register took part is a figure of participation alone.
            and (scopes.n_evaluations > 0 or components.family = 'participation')

),

counted as (

    select * from {{ ref('int_indicators__tallied') }}

),

measured as (

    select * from {{ ref('int_indicators__measured') }}

),

grouped as (

    select
        wanted.indicator_id,
        wanted.method_version,
        wanted.component_id,
        wanted.kind,
        wanted.family,
        wanted.statistic,
        wanted.is_estimated,
        wanted.minimum_n,
        wanted.scope_type,
        wanted.scope_id,
        wanted.year,
        wanted.n_evaluations,
        wanted.n_register,
        {% for column in [
            'n_asked', 'n_answered', 'n_ambiguous', 'n_outside', 'denominator', 'numerator', 'numerator_low',
            'numerator_high',
        ] %}
            coalesce(counted.{{ column }}, 0)::integer as {{ column }},
        {% endfor %}
        measured.value,
        measured.value_low,
        measured.value_high,
        measured.value_q1,
        measured.value_q3
    from wanted
    left join counted
        on {{ same_figure('wanted', 'counted') }}
    left join measured
        on {{ same_figure('wanted', 'measured') }}

),

final as (

    select * from grouped
    union all
    select * from {{ ref('int_indicators__sited') }}

)

select * from final -- noqa: AM04
