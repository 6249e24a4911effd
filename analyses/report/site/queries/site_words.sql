with

said as (

    select
        evaluation_id,
        question_id,
        ordinal,
        answer_key,
        raw_label,
        value_number,
        value_text,
        cast(null as varchar) as text,
        source_id,
        source_start,
        source_end,
        source_pointer
    from fct_observation
    where project_id = $project_id
    union all
    select
        evaluation_id,
        question_id,
        0,
        null,
        null,
        null,
        null,
        text,
        source_id,
        source_start,
        source_end,
        source_pointer
    from fct_testimony
    where project_id = $project_id

)

select
    fct_response.evaluation_id,
    fct_response.year,
    fct_response.question_id,
    fct_response.state,
    dim_question.label_fr as question_label_fr,
    dim_question.label_en as question_label_en,
    dim_category.label_fr as category_label_fr,
    dim_category.label_en as category_label_en,
    dim_state.label_fr as state_label_fr,
    dim_state.label_en as state_label_en,
    dim_answer.label_fr as answer_label_fr,
    dim_answer.label_en as answer_label_en,
    said.raw_label,
    said.value_number,
    said.value_text,
    said.text,
    said.source_id,
    said.source_start,
    said.source_end,
    said.source_pointer,
    dim_source.path
from fct_response
inner join dim_question on fct_response.question_id = dim_question.question_id
inner join dim_category on dim_question.category_id = dim_category.category_id
inner join dim_state on fct_response.state = dim_state.state
left join said
    on fct_response.evaluation_id = said.evaluation_id and fct_response.question_id = said.question_id
left join dim_answer on said.answer_key = dim_answer.answer_key
left join dim_source on said.source_id = dim_source.source_id
where fct_response.project_id = $project_id and fct_response.year <= $year and fct_response.state <> 'not_asked'
order by
    fct_response.year desc,
    dim_category.position,
    dim_category.category_id,
    dim_question.position,
    dim_question.question_id,
    said.ordinal,
    said.source_start,
    dim_answer.position,
    said.raw_label
