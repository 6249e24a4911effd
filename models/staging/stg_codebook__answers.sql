with

source as (

    select * from {{ ref('answers') }}

),

final as (

    select
        answer_list || '/' || answer_id as answer_key,
        answer_list,
        answer_id,
        position::integer as position,
        label_fr,
        label_en,
        polarity::integer as polarity,
        is_no::boolean as is_no,
        evidence
    from source

)

select * from final
