with

answers as (

    select * from {{ ref('stg_codebook__answers') }}

),

final as (

    select
        answer_key,
        answer_list,
        answer_id,
        position,
        label_fr,
        label_en,
        polarity,
        is_no,
        evidence
    from answers

)

select * from final
