with

responses as (

    select * from {{ ref('fct_response_record') }}

),

final as (

    select
        evaluation_id,
        project_id,
        year,
        question_id,
        category_id,
        state,
        candidate_answer_ids,
        record_id,
        source_id
    from responses
    where is_chosen

)

select * from final
