with

judged as (

    select * from {{ ref('int_indicators__changes_shown') }}

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

final as (

    select
        judged.indicator_id,
        judged.method_version,
        judged.component_id,
        judged.year_from,
        judged.year_to,
        judged.scope_type,
        judged.scope_id,
        indicators.label_fr,
        indicators.label_en,
        indicators.kind,
        indicators.direction,
        components.position as component_position,
        components.component_label_fr,
        components.component_label_en,
        scopes.position as scope_position,
        scopes.label_fr as scope_label_fr,
        scopes.label_en as scope_label_en,
        {% for year in ['from', 'to'] %}
            case
                when judged.is_shown then judged.numerator_{{ year }}::double / judged.n_matched
            end as value_{{ year }},
        {% endfor %}
        judged.n_matched,
        {% for column in ['gained', 'lost', 'change', 'ci_low', 'ci_high', 'p_value', 'p_value_holm'] %}
            case when judged.is_shown then judged.{{ column }} end as {{ column }},
        {% endfor %}
        case
            when judged.is_shown and judged.n_matched >= 10 and judged.p_value_holm < 0.05
                then case when judged.change > 0 then 'up' when judged.change < 0 then 'down' end
        end as arrow,
        judged.disclosure,
        judged.shown_status as status,
        statuses.label_fr as status_label_fr,
        statuses.label_en as status_label_en,
        statuses.obs_status,
        statuses.conf_status,
        null::string as masked_fr,
        null::string as masked_en
    from judged
    inner join indicators
        on
            judged.indicator_id = indicators.indicator_id
            and judged.method_version = indicators.method_version
    inner join components
        on {{ same_component('judged', 'components') }}
    inner join scopes on judged.scope_type = scopes.scope_type and judged.scope_id = scopes.scope_id
    inner join statuses on judged.shown_status = statuses.status

)

select * from final
