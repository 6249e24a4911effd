-- One slug has one project, and a project that an alias leads to is not itself led elsewhere.
with

aliases as (

    select
        slug,
        project_id,
        {{ project_key('slug') }} as slug_key,
        {{ project_key('project_id') }} as project_key
    from {{ ref('project_aliases') }}

),

final as (

    select
        min(slug) as slug,
        'more than one row for this slug' as problem
    from aliases
    group by slug_key
    having count(*) > 1
    union all
    select
        aliases.slug,
        'leads to ' || aliases.project_id || ', which leads to ' || further.project_id as problem
    from aliases
    inner join aliases as further on aliases.project_key = further.slug_key

)

select * from final
