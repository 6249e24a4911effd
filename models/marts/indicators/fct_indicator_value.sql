{{ config(
    materialized='incremental' if target.type == 'duckdb' else 'table', incremental_strategy='append',
    on_schema_change='fail', tags=['by_year'], pre_hook="{{ delete_sites() }}",
    meta={'site': "case when scope_type = 'site' then " ~ site_of_year('scope_id', 'year') ~ " end"}
) }}

with

counted as (

    select * from {{ ref('int_indicators__counted') }}

),

-- The ambiguous may hold the very answer: a figure of the others would mislead, whatever their number.
judged as (

    select
        *,
        case
            when family = 'participation' and indicator_id = 'C1' and n_register is null then 'no_register'
            when n_asked = 0 and family <> 'participation' then 'not_asked'
            when n_ambiguous > 0 then 'bounds'
            when denominator = 0 then 'no_data'
            when scope_type <> 'site' and denominator < minimum_n then 'small_n'
            else 'ok'
        end as status,
        -- Sites known to be outside what is counted are no part of the population; a register smaller than
        -- what was received is none.
        case when n_register >= n_evaluations then n_register else n_evaluations end - n_outside
            as population
    from counted

),

figured as (

    select
        *,
        case
            when status <> 'ok' then null
            when statistic = 'share' then numerator::double / denominator
            when statistic = 'count' then numerator
            else value
        end as figure,
        status = 'ok' and statistic = 'share' and is_estimated and scope_type <> 'site'
            as has_interval,
        case
            when not is_estimated or status in ('not_asked', 'no_register') then 'none'
            when statistic in ('share', 'count') then statistic
            when n_ambiguous > 0 or family = 'breadth' then 'value'
            else 'none'
        end as bounds_of,
        0 as unseen_low,
        population - denominator as unseen_high
    from judged

),

final as (

    select
        figured.indicator_id,
        figured.method_version,
        figured.component_id,
        figured.year,
        figured.scope_type,
        figured.scope_id,
        case
            when figured.denominator > 0 and figured.statistic in ('share', 'count') then figured.numerator
        end as numerator,
        figured.denominator,
        figured.figure as value,
        case when figured.status = 'ok' then figured.value_q1 end as value_q1,
        case when figured.status = 'ok' then figured.value_q3 end as value_q3,
        {% for side in ['low', 'high'] %}
            case
                when figured.has_interval
                    then {{ wilson(
                        'figured.numerator',
                        'figured.denominator',
                        '(figured.n_register - figured.n_outside)',
                        side
                    ) }}
            end as ci_{{ side }},
        {% endfor %}
        {% for side in ['low', 'high'] %}
            case figured.bounds_of
                when 'share'
                    then {{ worst_case(
                        'figured.numerator_' ~ side, 'figured.denominator', 'figured.population', side
                    ) }}
                when 'count'
                    then figured.numerator_{{ side }} + figured.unseen_{{ side }}
                when 'value' then figured.value_{{ side }}
            end as bound_{{ side }},
        {% endfor %}
        figured.n_answered,
        figured.n_ambiguous,
        figured.n_evaluations,
        figured.n_register,
        figured.status,
        statuses.obs_status,
        statuses.conf_status
    from figured
    inner join {{ ref('statuses') }} as statuses on figured.status = statuses.status

)

select * from final
