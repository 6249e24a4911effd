-- A rule that names an answer which its question does not offer would count nothing, and an indicator without a
-- component would have no figure; X3 has its own table.
with

rules as (

    select
        indicator_id,
        question_id,
        answer_ids
    from {{ ref('indicator_rules') }}
    where answer_ids is not null and question_id is not null
    union all
    select
        indicator_id,
        among_question_id,
        among_answer_ids
    from {{ ref('indicator_rules') }}
    where among_answer_ids is not null

),

named as (

    select
        indicator_id,
        question_id,
        {{ explode(split_parts("trim(leading '!' from answer_ids)")) }} as answer_id
    from rules

),

final as (

    select
        named.indicator_id,
        named.answer_id as problem
    from named
    left join {{ ref('dim_question') }} as questions on named.question_id = questions.question_id
    left join {{ ref('dim_answer') }} as answers
        on questions.answer_list = answers.answer_list and named.answer_id = answers.answer_id
    where answers.answer_id is null
    union all
    select
        indicators.indicator_id,
        'has no component' as problem
    from {{ ref('indicators') }} as indicators
    left join {{ ref('int_indicators__components') }} as components
        on
            indicators.indicator_id = components.indicator_id
            and indicators.method_version = components.method_version
    where components.indicator_id is null and indicators.kind <> 'change'

)

select * from final
