-- Decisions are written by hand: each names what it speaks of once, says who, when and why, and sets only what the
-- question allows.
with

corrections as (

    select * from {{ ref('int_corrections__listed') }}

),

questions as (

    select * from {{ ref('stg_codebook__questions') }}

),

answers as (

    select * from {{ ref('stg_codebook__answers') }}

),

states as (

    select * from {{ ref('states') }}

),

answered as (

    select * from {{ ref('int_corrections__answered') }}

),

same as (

    select
        target,
        coalesce(record_id, '') as record_id,
        coalesce(project_key, '') as project_key,
        coalesce(year, 0) as year,
        coalesce(question_id, '') as question_id
    from corrections
    group by 1, 2, 3, 4, 5
    having count(*) > 1

),

judged as (

    select
        corrections.correction_id,
        case
            when same.target is not null then 'stands twice'
            when corrections.target = 'consent' and corrections.reason is null then 'no consented_by'
            when corrections.reason is null then 'no reason'
            when corrections.evidence is null then 'no evidence'
            when corrections.author is null then 'no author'
            when corrections.decided_on is null then 'no decided_on'
            when corrections.target = 'record' and coalesce(corrections.project_id, corrections.expect) is not null
                then 'a record is named by its record_id alone'
            when corrections.record_id is not null and corrections.target <> 'record'
                then 'a record is excluded whole'
            when corrections.target <> 'record' and corrections.project_id is null then 'no project_id'
            when corrections.target not in ('record', 'alias', 'consent') and corrections.year is null then 'no year'
            when corrections.target = 'response' and questions.question_id is null then 'no such question'
            when
                corrections.target = 'consent' and corrections.question_id is not null
                and questions.role is distinct from 'testimony'
                then 'no such testimony'
            when corrections.target = 'response' and corrections.expect is null then 'no expect'
            when corrections.target = 'response' and states.state is null then 'no such state'
            when corrections.state = 'ambiguous' then 'a decision is not ambiguous'
            when (corrections.state = 'answered') <> (corrections.answer is not null)
                then 'an answer is given where the state is answered, and only there'
        end as problem
    from corrections
    left join same
        on
            corrections.target = same.target
            and coalesce(corrections.record_id, '') = same.record_id
            and coalesce(corrections.project_key, '') = same.project_key
            and coalesce(corrections.year, 0) = same.year
            and coalesce(corrections.question_id, '') = same.question_id
    left join questions on corrections.question_id = questions.question_id
    left join states on corrections.state = states.state

),

final as (

    select
        correction_id,
        problem
    from judged
    where problem is not null
    union all
    select
        answered.correction_id,
        case
            when answered.raw_label is not null then 'no such answer: ' || answered.raw_label
            else 'no number: ' || answered.value_text
        end as problem
    from answered
    inner join questions on answered.question_id = questions.question_id
    where
        (
            answered.raw_label is not null
            and questions.answer_list in (select answers.answer_list from answers)
        )
        or (answered.value_text is not null and questions.kind in ('number', 'rating'))

)

select * from final
