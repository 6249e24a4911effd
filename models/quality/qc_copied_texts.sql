with

keyed as (

    select * from {{ ref('int_testimonies__keyed') }}

),

testimonies as (

    select * from {{ ref('fct_testimony') }}

),

-- Of a project the earliest: year, question and id, none of which holds a blank.
placed as (

    select
        text_key,
        project_id,
        count(*) as testimony_count,
        min(year || ' ' || question_id || ' ' || testimony_id) as first_said
    from keyed
    group by text_key, project_id

),

-- The earliest project first.
ranked as (

    select
        *,
        split_part(first_said, ' ', 3) as testimony_id,
        {{ site_of_year('project_id', "split_part(first_said, ' ', 1)") }}
        || ' ' || split_part(first_said, ' ', 2) as place,
        row_number() over (
            partition by text_key
            order by split_part(first_said, ' ', 1), project_id
        ) as project_rank
    from placed

),

copied as (

    select
        max(case when project_rank = 1 then testimony_id end) as first_testimony_id,
        count(*)::integer as project_count,
        sum(testimony_count)::integer as testimony_count,
        {{ join_texts('case when project_rank <= 5 then place end', 'project_rank') }} as first_places
    from ranked
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
