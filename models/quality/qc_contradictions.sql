with

paired as (

    select * from {{ ref('int_answers__paired') }}

),

-- What the evaluation says in the end.
corrected as (

    select
        evaluation_id,
        question_id
    from {{ ref('fct_response') }}
    where is_corrected

),

-- Of a text that was cut the rest is unknown: only what both show can disagree.
judged as (

    select
        *,
        case
            when other_state = 'blank' and is_stronger then 'answer-against-blank'
            when other_state = 'blank' then null
            when substr(answer, 1, length_shared) = substr(other_answer, 1, length_shared) then null
            when answer <> other_answer then 'different-answers'
        end as reason
    from paired

),

final as (

    select
        judged.evaluation_id,
        judged.project_id,
        judged.year,
        judged.question_id,
        judged.category_id,
        {% for column in compared_columns() %}
            judged.{{ column }},
        {% endfor %}
        {% for column in compared_columns() %}
            judged.other_{{ column }},
        {% endfor %}
        judged.reason,
        corrected.evaluation_id is not null as is_corrected,
        case
            when corrected.evaluation_id is not null
                then 'Nothing to do: a row of seeds/corrections decides it.'
            else
                'Compare both with `effets show`; the first one is used. If it is the wrong one, correct '
                || 'it in seeds/corrections or retract its export.'
        end as remedy
    from judged
    left join corrected
        on judged.evaluation_id = corrected.evaluation_id and judged.question_id = corrected.question_id
    where judged.reason is not null

)

select * from final
