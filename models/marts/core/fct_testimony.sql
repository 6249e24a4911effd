with

responses as (

    select * from {{ ref('fct_response') }}

),

records as (

    select * from {{ ref('int_records__identified') }}

),

testimonies as (

    select * from {{ ref('stg_raw__testimonies') }}

),

final as (

    select
        {{ hash_key(['responses.record_id', 'responses.question_id']) }} as testimony_id,
        responses.evaluation_id,
        responses.project_id,
        responses.year,
        responses.category_id,
        responses.question_id,
        testimonies.text,
        testimonies.is_truncated,
        {{ is_placeholder('testimonies.text') }} as is_placeholder,
        responses.record_id,
        responses.source_id,
        testimonies.source_start,
        testimonies.source_end,
        testimonies.source_pointer
    from responses
    inner join records on responses.record_id = records.record_id
    inner join testimonies
        on
            records.source_id = testimonies.source_id
            and records.record_key = testimonies.record_key
            and responses.question_id = testimonies.question_id
    where responses.state = 'answered'

)

select * from final
