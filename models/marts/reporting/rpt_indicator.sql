with

figures as (

    select * from {{ ref('fct_indicator_value') }}

),

indicators as (

    select * from {{ ref('dim_indicator') }}

),

components as (

    select * from {{ ref('int_indicators__components') }}

),

statuses as (

    select * from {{ ref('statuses') }}

),

final as (

    select
        figures.indicator_id,
        figures.method_version,
        indicators.label_fr,
        indicators.label_en,
        indicators.kind,
        indicators.unit,
        indicators.direction,
        figures.component_id,
        components.position as component_position,
        components.component_label_fr,
        components.component_label_en,
        components.statistic,
        figures.year,
        figures.scope_type,
        figures.scope_id,
        -- Of too few answers, nothing is shown but how many there are.
        case when figures.status <> 'small_n' then figures.numerator end as numerator,
        figures.denominator,
        figures.value,
        figures.value_q1,
        figures.value_q3,
        figures.ci_low,
        figures.ci_high,
        case when figures.status <> 'small_n' then figures.bound_low end as bound_low,
        case when figures.status <> 'small_n' then figures.bound_high end as bound_high,
        figures.n_answered,
        figures.n_ambiguous,
        figures.n_evaluations,
        figures.n_register,
        figures.status,
        statuses.label_fr as status_label_fr,
        statuses.label_en as status_label_en,
        indicators.numerator_fr,
        indicators.numerator_en,
        indicators.denominator_fr,
        indicators.denominator_en,
        indicators.caveat_fr,
        indicators.caveat_en
    from figures
    inner join indicators
        on
            figures.indicator_id = indicators.indicator_id
            and figures.method_version = indicators.method_version
    inner join components
        on
            figures.indicator_id = components.indicator_id
            and figures.method_version = components.method_version
            and figures.component_id = components.component_id
    inner join statuses on figures.status = statuses.status
    where indicators.disclosure = 'public' and figures.scope_type = 'network'

)

select * from final
