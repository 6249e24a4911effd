{{ config(materialized='table') }}

with

rules as (

    select * from {{ ref('indicator_rules') }}

),

indicators as (

    select * from {{ ref('indicators') }}

),

answers as (

    select * from {{ ref('stg_codebook__answers') }}

),

questions as (

    select * from {{ ref('stg_codebook__questions') }}

),

-- The criteria of the social questionnaire: the only one that platform exports share.
criteria as (

    select *
    from {{ ref('categories') }}
    where
        criterion_number is not null
        and category_id in (
            select questions.category_id
            from {{ ref('stg_codebook__questions') }} as questions
            where questions.form = 'social'
        )

),

-- One rule may stand for one component per answer, question or criterion.
parts as (

    select
        'answer' as expand,
        questions.question_id as part_of,
        answers.answer_id as part_id,
        null::string as question_id,
        answers.answer_id as answer_ids,
        null::string as category_id,
        answers.position as part_position,
        answers.label_fr,
        answers.label_en
    from questions
    inner join answers on questions.answer_list = answers.answer_list
    union all
    select
        'criterion' as expand,
        null as part_of,
        category_id as part_id,
        null as question_id,
        null as answer_ids,
        category_id,
        criterion_number as part_position,
        label_fr,
        label_en
    from criteria
    union all
    -- What an export may leave in doubt: choices, numbers and ratings of the forms that platform exports
    -- share; and the environmental practices that are asked about with yes and no.
    select
        case form when 'environment' then 'practice' else 'question' end as expand,
        case form when 'environment' then category_id end as part_of,
        question_id as part_id,
        question_id,
        null as answer_ids,
        category_id,
        row_number() over (order by form desc, category_id asc, position asc) as part_position,
        label_fr,
        label_en
    from questions
    where
        (form in ('social', 'profile') and kind in ('single', 'multiple', 'number', 'number_text', 'rating'))
        or (form = 'environment' and answer_list = 'oui_non' and weight is not null)

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
