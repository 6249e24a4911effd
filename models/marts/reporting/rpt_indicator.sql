with

judged as (

    select * from {{ ref('int_indicators__judged') }}

),

indicators as (

    select * from {{ ref('dim_indicator') }}

),

components as (

    select * from {{ ref('int_indicators__components') }}

),

scopes as (

    select * from {{ ref('dim_scope') }}

),

statuses as (

    select * from {{ ref('statuses') }}

),

masks as (

    select * from {{ ref('masks') }}

),

final as (

    select
        judged.indicator_id,
        judged.method_version,
        indicators.label_fr,
        indicators.label_en,
        indicators.kind,
        indicators.unit,
        indicators.direction,
        judged.component_id,
        components.position as component_position,
        components.component_label_fr,
        components.component_label_en,
        components.statistic,
        judged.year,
        judged.scope_type,
        judged.scope_id,
        scopes.position as scope_position,
        scopes.label_fr as scope_label_fr,
        scopes.label_en as scope_label_en,
        -- Of too few answers, nothing is shown but how many there are.
        {% for column in ['numerator', 'bound_low', 'bound_high'] %}
            case
                when not judged.is_masked and not judged.is_small then judged.{{ column }}
            end as {{ column }},
        {% endfor %}
        {% for column in ['value', 'value_q1', 'value_q3', 'ci_low', 'ci_high'] %}
            case when not judged.is_masked then judged.{{ column }} end as {{ column }},
        {% endfor %}
        judged.denominator,
        judged.n_answered,
        judged.n_ambiguous,
        judged.n_evaluations,
        judged.n_register,
        judged.n_answered::double / nullif(judged.n_evaluations, 0) as coverage,
        judged.disclosure,
        judged.shown_status as status,
        statuses.label_fr as status_label_fr,
        statuses.label_en as status_label_en,
        statuses.obs_status,
        statuses.conf_status,
        masks.label_fr as masked_fr,
        masks.label_en as masked_en,
        indicators.numerator_fr,
        indicators.numerator_en,
        indicators.denominator_fr,
        indicators.denominator_en,
        indicators.caveat_fr,
        indicators.caveat_en
    from judged
    inner join indicators
        on
            judged.indicator_id = indicators.indicator_id
            and judged.method_version = indicators.method_version
    inner join components
        on {{ same_component('judged', 'components') }}
    inner join scopes on judged.scope_type = scopes.scope_type and judged.scope_id = scopes.scope_id
    inner join statuses on judged.shown_status = statuses.status
    left join masks on judged.mask = masks.mask

)

select * from final
