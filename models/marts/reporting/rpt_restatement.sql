with

restated as (

    select * from {{ ref('int_restatement__causes') }}

),

causes as (

    select * from {{ ref('restatement_causes') }}

),

indicators as (

    select * from {{ ref('dim_indicator') }}

),

components as (

    select * from {{ ref('int_indicators__components') }}

),

named as (

    select
        restated.report_year,
        restated.indicator_id,
        restated.method_version,
        restated.component_id,
        restated.year,
        restated.scope_id,
        {{ join_texts('causes.cause', 'causes.position', '|') }} as causes,
        {{ join_texts('causes.label_fr', 'causes.position', ', ') }} as causes_fr,
        {{ join_texts('causes.label_en', 'causes.position', ', ') }} as causes_en
    from restated
    inner join causes on {{ is_listed('causes.cause', 'restated.causes') }}
    group by
        restated.report_year, restated.indicator_id, restated.method_version, restated.component_id,
        restated.year, restated.scope_id

),

final as (

    select
        restated.report_year::string
        || case when restated.edition > 1 then '-' || restated.edition else '' end as report,
        restated.indicator_id,
        restated.method_version,
        restated.component_id,
        restated.year,
        restated.scope_type,
        restated.scope_id,
        restated.report_year,
        restated.published_on,
        restated.release,
        indicators.label_fr,
        indicators.label_en,
        components.component_label_fr,
        components.component_label_en,
        restated.numerator as numerator_then,
        restated.denominator as denominator_then,
        restated.value as value_then,
        restated.status as status_then,
        restated.numerator_now,
        restated.denominator_now,
        restated.value_now,
        restated.status_now,
        named.causes,
        named.causes_fr,
        named.causes_en
    from restated
    inner join named
        on
            restated.report_year = named.report_year
            and {{ same_component('restated', 'named') }}
            and restated.year = named.year
            and restated.scope_id = named.scope_id
    left join indicators
        on
            restated.indicator_id = indicators.indicator_id
            and restated.method_version = indicators.method_version
    left join components
        on {{ same_component('restated', 'components') }}

)

select * from final
