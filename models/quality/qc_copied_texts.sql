with

keyed as (

    select * from {{ ref('int_testimonies__keyed') }}

),

repeated as (

    select text_key
    from keyed
    group by text_key
    having count(*) > 1

),

testimonies as (

    select
        testimonies.*,
        keyed.text_key
    from {{ ref('fct_testimony') }} as testimonies
    inner join keyed on testimonies.testimony_id = keyed.testimony_id
    where keyed.text_key in (select repeated.text_key from repeated)

),

ranked as (

    select
        *,
        count(*) over (partition by text_key) as testimony_count,
        row_number() over (
            partition by text_key, project_id
            order by year, question_id, testimony_id
        ) as place_in_project
    from testimonies

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

final as (

    select
        max(case when project_rank = 1 then testimony_id end) as first_testimony_id,
        max(case when project_rank = 1 then project_id end) as first_project_id,
        max(case when project_rank = 1 then year end) as first_year,
        max(case when project_rank = 1 then text end) as text,
        count(*)::integer as project_count,
        max(testimony_count)::integer as testimony_count,
        {{ join_texts('case when project_rank <= 5 then place end', 'project_rank') }} as first_places,
        'same-text-in-two-projects' as reason,
        'Ask the projects which of them wrote it; retract or exclude what holds it by mistake.' as remedy
    from placed
    group by text_key
    having count(*) > 1

)

select * from final
