with

questions as (

    select * from {{ ref('stg_codebook__questions') }}

),

final as (

    select
        question_id,
        form,
        category_id,
        position,
        role,
        kind,
        answer_list,
        unit,
        label_fr,
        label_en,
        label_evidence,
        on_page,
        axis,
        sub_axis,
        weight,
        filter_question_id
    from questions

)

select * from final
