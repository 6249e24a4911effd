with

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
final as (

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

)

select * from final
