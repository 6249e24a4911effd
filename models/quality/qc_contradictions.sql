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

said as (

    select
        responses.*,
        records.format,
        records.strength,
        coalesce(answers.answer, '') as answer,
        case when answers.is_truncated then length(answers.answer) end as cut_at,
        answers.source_start,
        answers.source_end,
        answers.source_pointer
    from responses
    inner join records on responses.record_id = records.record_id
    left join answers
        on responses.record_id = answers.record_id and responses.question_id = answers.question_id
    where responses.state in ('answered', 'blank')

),

paired as (

    select
        chosen.*,
        other.record_id as other_record_id,
        other.source_id as other_source_id,
        other.format as other_format,
        other.state as other_state,
        other.answer as other_answer,
        other.source_start as other_source_start,
        other.source_end as other_source_end,
        other.source_pointer as other_source_pointer,
        other.strength > chosen.strength as is_stronger,
        least(chosen.cut_at, other.cut_at) as length_shared
    from said as chosen
    inner join said as other
        on
            chosen.evaluation_id = other.evaluation_id
            and chosen.question_id = other.question_id
            and chosen.record_id <> other.record_id
    where chosen.is_chosen and chosen.state = 'answered'

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
        evaluation_id,
        project_id,
        year,
        question_id,
        category_id,
        record_id,
        source_id,
        format,
        state,
        answer,
        source_start,
        source_end,
        source_pointer,
        other_record_id,
        other_source_id,
        other_format,
        other_state,
        other_answer,
        other_source_start,
        other_source_end,
        other_source_pointer,
        reason,
        'Compare both with `effets show`; the first one is used. If it is the wrong one, correct it in '
        || 'seeds/corrections or retract its export.' as remedy
    from judged
    where reason is not null

)

select * from final
