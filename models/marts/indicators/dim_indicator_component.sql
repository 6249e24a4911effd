with

final as (

    select
        indicator_id,
        method_version,
        component_id,
        position,
        component_label_fr,
        component_label_en,
        family,
        statistic,
        minimum_n,
        is_estimated,
        is_binary,
        category_id,
        question_id,
        answer_ids,
        answer_polarity,
        minimum_answers,
        measure,
        among_question_id,
        among_answer_ids
    from {{ ref('int_indicators__components') }}

)

select * from final
