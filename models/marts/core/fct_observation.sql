with

responses as (

    select * from {{ ref('fct_response') }}

),

records as (

    select * from {{ ref('int_records__identified') }}

),

observations as (

    select * from {{ ref('stg_raw__observations') }}

),

questions as (

    select * from {{ ref('stg_codebook__questions') }}

),

answers as (

    select * from {{ ref('stg_codebook__answers') }}

),

final as (

    select
        {{ hash_key(['responses.record_id', 'responses.question_id', 'observations.ordinal']) }}
            as observation_id,
        responses.evaluation_id,
        responses.project_id,
        responses.year,
        responses.category_id,
        responses.question_id,
        questions.answer_list || '/' || observations.answer_id as answer_key,
        observations.answer_id,
        observations.raw_label,
        observations.match,
        observations.value_number,
        observations.value_text,
        answers.polarity,
        responses.record_id,
        responses.source_id,
        observations.ordinal,
        observations.source_start,
        observations.source_end,
        observations.source_pointer
    from responses
    inner join records on responses.record_id = records.record_id
    inner join observations
        on
            records.source_id = observations.source_id
            and records.record_key = observations.record_key
            and responses.question_id = observations.question_id
    inner join questions on responses.question_id = questions.question_id
    left join answers
        on
            questions.answer_list = answers.answer_list
            and observations.answer_id = answers.answer_id
    where responses.state = 'answered'

)

select * from final
