with

responses as (

    select * from {{ ref('fct_response_record') }}

),

records as (

    select * from {{ ref('int_records__identified') }}

),

answers as (

    select * from {{ ref('int_answers__summarised') }}

),

-- Who speaks alone contradicts nobody.
compared as (

    select * from {{ ref('int_records__compared') }}

),

said as (

    select
        responses.*,
        records.format,
        records.strength,
        coalesce(answers.answer, '') as answer,
        coalesce(answers.words, '') as words,
        case when answers.is_truncated then length(answers.answer) end as cut_at,
        answers.source_start,
        answers.source_end,
        answers.source_pointer
    from responses
    inner join records on responses.record_id = records.record_id
    inner join compared on responses.record_id = compared.record_id
    left join answers
        on responses.record_id = answers.record_id and responses.question_id = answers.question_id
    where responses.state in ('answered', 'blank')

),

final as (

    select
        chosen.*,
        {% for column in compared_columns() %}
            other.{{ column }} as other_{{ column }},
        {% endfor %}
        other.strength > chosen.strength as is_stronger,
        least(chosen.cut_at, other.cut_at) as length_shared
    from said as chosen
    inner join said as other
        on
            chosen.evaluation_id = other.evaluation_id
            and chosen.question_id = other.question_id
            and chosen.record_id <> other.record_id
    where chosen.is_chosen and chosen.state = 'answered'

)

select * from final -- noqa: AM04
