with

counted as (

    select * from {{ ref('int_indicators__counted') }}

),

statuses as (

    select * from {{ ref('statuses') }}

),

-- The ambiguous may hold the very answer: a share of the others would mislead, whatever their number.
judged as (

    select
        *,
        case
            when n_asked = 0 then 'not_asked'
            when n_ambiguous > 0 then 'bounds'
            when n_answered = 0 then 'no_data'
            when n_answered < minimum_n then 'small_n'
            else 'ok'
        end as status
    from counted

),

final as (

    select
        judged.indicator_id,
        judged.method_version,
        judged.component_id,
        judged.year,
        judged.scope_type,
        judged.scope_id,
        case when judged.n_answered > 0 then judged.numerator end as numerator,
        judged.n_answered as denominator,
        case when judged.status = 'ok' then judged.numerator::double / judged.n_answered end as value,
        null::double as value_q1,
        null::double as value_q3,
        case
            when judged.status = 'ok' and judged.kind <> 'coverage'
                then {{ wilson('judged.numerator', 'judged.n_answered', 'judged.n_register', 'low') }}
        end as ci_low,
        case
            when judged.status = 'ok' and judged.kind <> 'coverage'
                then {{ wilson('judged.numerator', 'judged.n_answered', 'judged.n_register', 'high') }}
        end as ci_high,
        case
            when judged.status <> 'not_asked' then judged.numerator::double / judged.n_evaluations
        end as bound_low,
        case
            when judged.status <> 'not_asked'
                then
                    (judged.numerator + judged.n_evaluations - judged.n_answered)::double
                    / judged.n_evaluations
        end as bound_high,
        judged.n_answered,
        judged.n_ambiguous,
        judged.n_evaluations,
        judged.n_register,
        judged.status,
        statuses.obs_status,
        statuses.conf_status
    from judged
    inner join statuses on judged.status = statuses.status

)

select * from final
