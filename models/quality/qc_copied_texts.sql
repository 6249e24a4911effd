with

keyed as (

    select * from {{ ref('int_testimonies__keyed') }}

),

repeated as (

    select
        text_key,
        count(*) as testimony_count
    from keyed
    group by text_key
    having count(*) > 1

),

testimonies as (

    select * from {{ ref('fct_testimony') }}

),

ranked as (

    select
        repeated.text_key,
        repeated.testimony_count,
        testimonies.testimony_id,
        testimonies.evaluation_id,
        testimonies.project_id,
        testimonies.year,
        testimonies.question_id,
        row_number() over (
            partition by repeated.text_key, testimonies.project_id
            order by testimonies.year, testimonies.question_id, testimonies.testimony_id
        ) as place_in_project
    from repeated
    inner join keyed on repeated.text_key = keyed.text_key
    inner join testimonies on keyed.testimony_id = testimonies.testimony_id

),

-- The first place in each project, the earliest project first.
placed as (

    select
        *,
        evaluation_id || ' ' || question_id as place,
        row_number() over (
            partition by text_key
            order by year, project_id, question_id, testimony_id
        ) as project_rank
    from ranked
    where place_in_project = 1

),

copied as (

    select
        max(case when project_rank = 1 then testimony_id end) as first_testimony_id,
        count(*)::integer as project_count,
        max(testimony_count)::integer as testimony_count,
        {{ join_texts('case when project_rank <= 5 then place end', 'project_rank') }} as first_places
    from placed
    group by text_key
    having count(*) > 1

),

final as (

    select
        copied.first_testimony_id,
        testimonies.project_id as first_project_id,
        testimonies.year as first_year,
        testimonies.text,
        copied.project_count,
        copied.testimony_count,
        copied.first_places,
        'same-text-in-two-projects' as reason,
        'Ask the projects which of them wrote it; retract or exclude what holds it by mistake.' as remedy
    from copied
    inner join testimonies on copied.first_testimony_id = testimonies.testimony_id

)

select * from final
