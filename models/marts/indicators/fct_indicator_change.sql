{%- set family = 'year_from, year_to, scope_type, scope_id' -%}
{%- set key = 'indicator_id, method_version, component_id' -%}

with

judged as (

    select * from {{ ref('int_indicators__changed') }}

),

tested as (

    select
        {{ key }},
        {{ family }},
        {{ mcnemar_exact('gained', 'lost') }} as p_value
    from judged
    where status = 'ok'

),

ordered as (

    select
        *,
        {{ holm_factor('p_value', family, key) }} as factor
    from tested

),

corrected as (

    select
        *,
        {{ holm('p_value', 'factor', family) }} as p_value_holm
    from ordered

),

final as (

    select
        judged.indicator_id,
        judged.method_version,
        judged.component_id,
        judged.year_from,
        judged.year_to,
        judged.scope_type,
        judged.scope_id,
        judged.n_matched,
        case when judged.status <> 'break' then judged.numerator_from end as numerator_from,
        case when judged.status <> 'break' then judged.numerator_to end as numerator_to,
        case when judged.status <> 'break' then judged.gained end as gained,
        case when judged.status <> 'break' then judged.lost end as lost,
        case
            when judged.status = 'ok' then (judged.gained - judged.lost)::double / judged.n_matched
        end as change,
        case
            when judged.status = 'ok'
                then {{ bonett_price('judged.gained', 'judged.lost', 'judged.n_matched', 'low') }}
        end as ci_low,
        case
            when judged.status = 'ok'
                then {{ bonett_price('judged.gained', 'judged.lost', 'judged.n_matched', 'high') }}
        end as ci_high,
        corrected.p_value,
        corrected.p_value_holm,
        judged.status
    from judged
    left join corrected
        on
            {{ same_component('judged', 'corrected') }}
            and judged.year_from = corrected.year_from
            and judged.year_to = corrected.year_to
            and judged.scope_type = corrected.scope_type
            and judged.scope_id = corrected.scope_id

)

select * from final
