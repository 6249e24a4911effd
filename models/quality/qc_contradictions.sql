with

responses as (

    select * from {{ ref('fct_response_record') }}

),

-- What the evaluation says in the end.
corrected as (

    select
        evaluation_id,
        question_id
    from {{ ref('fct_response') }}
    where is_corrected

),

records as (

    select * from {{ ref('int_records__identified') }}

),

answers as (

    select * from {{ ref('int_answers__summarised') }}

),

-- Who speaks alone contradicts nobody.
several as (

    select evaluation_id
    from records
    group by evaluation_id
    having count(*) > 1

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
    inner join several on responses.evaluation_id = several.evaluation_id
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
        other.words as other_words,
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
        judged.evaluation_id,
        judged.project_id,
        judged.year,
        judged.question_id,
        judged.category_id,
        judged.record_id,
        judged.source_id,
        judged.format,
        judged.state,
        judged.answer,
        judged.words,
        judged.source_start,
        judged.source_end,
        judged.source_pointer,
        judged.other_record_id,
        judged.other_source_id,
        judged.other_format,
        judged.other_state,
        judged.other_answer,
        judged.other_words,
        judged.other_source_start,
        judged.other_source_end,
        judged.other_source_pointer,
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
