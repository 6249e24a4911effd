-- An ambiguous response names its candidates, only an ambiguous one does, and each is an answer of the question's list
-- or `none`. Where that list is open, or the question has none, any candidate will do.
with

responses as (

    select responses.*
    from {{ ref('fct_response_record') }} as responses
    where {{ is_untested('responses') }}

),

candidates as (

    select
        record_id,
        question_id,
        {{ explode('candidate_answer_ids') }} as candidate
    from responses

),

final as (

    select
        responses.record_id,
        responses.question_id,
        responses.state,
        candidates.candidate
    from responses
    left join candidates
        on responses.record_id = candidates.record_id and responses.question_id = candidates.question_id
    where (responses.state = 'ambiguous') <> (candidates.candidate is not null)
    union all
    select
        candidates.record_id,
        candidates.question_id,
        'ambiguous' as state,
        candidates.candidate
    from candidates
    inner join {{ ref('dim_question') }} as questions on candidates.question_id = questions.question_id
    left join {{ ref('dim_answer') }} as answers
        on questions.answer_list = answers.answer_list and candidates.candidate = answers.answer_id
    where
        candidates.candidate <> 'none'
        and answers.answer_id is null
        and questions.answer_list in (select listed.answer_list from {{ ref('dim_answer') }} as listed)

)

select * from final
