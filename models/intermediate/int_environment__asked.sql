with

responses as (

    select * from {{ ref('fct_response') }}

),

questions as (

    select * from {{ ref('stg_codebook__questions') }}
    where form = 'environment' and weight is not null

),

-- Filters that say no: what they open is not asked.
shut as (

    select distinct
        evaluation_id,
        question_id
    from {{ ref('fct_observation') }}
    where answer_id = 'non'

),

final as (

    select
        responses.evaluation_id,
        responses.project_id,
        responses.year,
        responses.category_id,
        responses.question_id,
        responses.state,
        questions.kind,
        questions.answer_list,
        questions.axis as axis_id,
        questions.sub_axis as sub_axis_id,
        questions.weight,
        shut.question_id is not null as is_filtered
    from responses
    inner join questions on responses.question_id = questions.question_id
    left join shut
        on
            responses.evaluation_id = shut.evaluation_id
            and questions.filter_question_id = shut.question_id

)

select * from final
