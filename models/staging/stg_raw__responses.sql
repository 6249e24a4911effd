with

source as (

    select * from {{ source('raw', 'responses') }}

),

final as (

    select
        source_id,
        record_key,
        question_id,
        state,
        candidate_answer_ids
    from source

)

select * from final
