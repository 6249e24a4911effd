-- An indicator that names an unknown question, or an answer that its question does not offer, would count nothing.
with

named as (

    select
        indicators.indicator_id,
        indicators.question_id,
        indicators.answer_ids,
        questions.answer_list,
        length(indicators.answer_ids) - length(replace(indicators.answer_ids, '|', '')) + 1 as answer_count
    from {{ ref('indicators') }} as indicators
    left join {{ ref('dim_question') }} as questions on indicators.question_id = questions.question_id
    where indicators.question_id is not null

),

final as (

    select
        named.indicator_id,
        named.question_id,
        named.answer_ids,
        count(answers.answer_id) as known_count
    from named
    left join {{ ref('dim_answer') }} as answers
        on named.answer_list = answers.answer_list and {{ is_listed('answers.answer_id', 'named.answer_ids') }}
    group by named.indicator_id, named.question_id, named.answer_ids, named.answer_count
    having
        count(answers.answer_id) = 0
        or count(answers.answer_id) <> coalesce(named.answer_count, count(answers.answer_id))

)

select * from final
