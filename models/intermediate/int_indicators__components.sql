{{ config(materialized='table') }}

with

rules as (

    select * from {{ ref('indicator_rules') }}

),

indicators as (

    select * from {{ ref('indicators') }}

),

parts as (

    select * from {{ ref('int_indicators__parts') }}

),

final as (

    select
        rules.indicator_id,
        rules.method_version,
        coalesce(
            case when rules.component_id is not null then rules.component_id || '/' end || parts.part_id,
            parts.part_id,
            rules.component_id
        ) as component_id,
        (1000 * rules.position + coalesce(parts.part_position, 0))::integer as position,
        indicators.kind,
        rules.family,
        rules.statistic,
        -- What the exports document is no sample of anything: it has neither interval nor bounds.
        indicators.kind <> 'coverage' and rules.family <> 'documents' as is_estimated,
        rules.family in ('choices', 'gaps') as is_binary,
        coalesce(rules.minimum_n, indicators.minimum_n) as minimum_n,
        indicators.disaggregations,
        coalesce(parts.category_id, rules.category_id) as category_id,
        coalesce(parts.question_id, rules.question_id) as question_id,
        coalesce(parts.answer_ids, rules.answer_ids) as answer_ids,
        rules.answer_polarity,
        rules.minimum_answers,
        rules.measure,
        rules.distribution,
        rules.among_question_id,
        rules.among_answer_ids,
        coalesce(rules.label_fr || ' : ' || parts.label_fr, parts.label_fr, rules.label_fr)
            as component_label_fr,
        coalesce(rules.label_en || ': ' || parts.label_en, parts.label_en, rules.label_en)
            as component_label_en
    from rules
    inner join indicators
        on rules.indicator_id = indicators.indicator_id and rules.method_version = indicators.method_version
    left join parts
        on
            rules.expand = parts.expand
            and coalesce(parts.part_of, '') = case
                when rules.expand = 'answer' then rules.question_id
                when rules.expand = 'practice' then rules.category_id
                else ''
            end
    where rules.expand is null or parts.part_id is not null

)

select * from final
