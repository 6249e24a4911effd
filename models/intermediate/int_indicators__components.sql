with

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

whole as (

    select
        indicator_id,
        method_version,
        kind,
        minimum_n,
        question_id,
        answer_polarity,
        minimum_answers,
        'all' as component_id,
        1 as position,
        answer_ids,
        label_fr as component_label_fr,
        label_en as component_label_en
    from indicators
    where components = 'all'

),

by_answer as (

    select
        indicators.indicator_id,
        indicators.method_version,
        indicators.kind,
        indicators.minimum_n,
        indicators.question_id,
        indicators.answer_polarity,
        indicators.minimum_answers,
        answers.answer_id as component_id,
        answers.position,
        answers.answer_id as answer_ids,
        answers.label_fr as component_label_fr,
        answers.label_en as component_label_en
    from indicators
    inner join questions on indicators.question_id = questions.question_id
    inner join answers on questions.answer_list = answers.answer_list
    where
        indicators.components = 'answer'
        and {{ is_listed('answers.answer_id', 'indicators.answer_ids') }}

),

by_criterion as (

    select
        indicators.indicator_id,
        indicators.method_version,
        indicators.kind,
        indicators.minimum_n,
        indicators.question_id,
        indicators.answer_polarity,
        indicators.minimum_answers,
        criteria.category_id as component_id,
        criteria.criterion_number::integer as position,
        indicators.answer_ids,
        criteria.label_fr as component_label_fr,
        criteria.label_en as component_label_en
    from indicators
    cross join criteria
    where indicators.components = 'criterion'

),

final as (

    select * from whole
    union all
    select * from by_answer
    union all
    select * from by_criterion

)

select * from final
