with

source as (

    select * from {{ source('raw', 'unmapped_questions') }}

),

final as (

    select
        source_id,
        record_key,
        question_ref,
        title,
        type as question_type,
        value_text,
        source_pointer
    from source

)

select * from final
