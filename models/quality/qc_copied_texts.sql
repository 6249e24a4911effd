with

testimonies as (

    select
        *,
        {{ text_key('text') }} as text_key
    from {{ ref('fct_testimony') }}
    where length(text) >= 60

),

ranked as (

    select
        *,
        row_number() over (
            partition by text_key
            order by year, project_id, question_id, testimony_id
        ) as place,
        row_number() over (
            partition by text_key, project_id
            order by year, question_id, testimony_id
        ) as place_in_project
    from testimonies

),

-- The earliest, beside the first of each other project that has it.
final as (

    select
        first_met.testimony_id,
        first_met.evaluation_id,
        first_met.project_id,
        first_met.question_id,
        first_met.source_id,
        copied.testimony_id as other_testimony_id,
        copied.evaluation_id as other_evaluation_id,
        copied.project_id as other_project_id,
        copied.question_id as other_question_id,
        copied.source_id as other_source_id,
        copied.text,
        'same-text-in-two-projects' as reason,
        'Ask the two projects which of them wrote it; retract the export that holds it by mistake.' as remedy
    from ranked as first_met
    inner join ranked as copied
        on first_met.text_key = copied.text_key and first_met.project_id <> copied.project_id
    where first_met.place = 1 and copied.place_in_project = 1

)

select * from final
