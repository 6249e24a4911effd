with

corrections as (

    select * from {{ ref('int_corrections__checked') }}

),

final as (

    select
        correction_id,
        seed,
        target,
        status,
        record_id,
        project_id,
        year,
        question_id,
        evaluation_id,
        expect,
        found,
        state,
        answer,
        reason,
        evidence,
        author,
        decided_on,
        case
            when status = 'applied' then 'Nothing to do.'
            when status = 'absent' and target = 'alias'
                then 'No export bears this name (any more): mend it, or take the row out.'
            when status = 'absent' and target = 'record'
                then 'No record that stands has this id: mend it, or take the row out.'
            when status = 'absent'
                then 'No record of that site and year stands: mend them, or keep the row for later.'
            when target = 'non_response'
                then 'An evaluation came after all: take the row out, or exclude the evaluation.'
            when target = 'evaluation'
                then 'It rests on another number of records (`found`): look at them, and mend `expect`.'
            when found is null
                then 'No record of that evaluation carries the question: mend it, or take the row out.'
            else
                'The exports say something else now (`found`): look at them with `effets show`, then '
                || 'write that into `expect`, or take the row out.'
        end as remedy
    from corrections

)

select * from final
