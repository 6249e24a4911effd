select distinct
    name,
    project_id
from (
    select
        project_id as name,
        project_id
    from dim_project
    union all
    select
        name,
        project_id
    from dim_project
    union all
    select
        project_name,
        project_id
    from dim_record
) as known
where name is not null
order by name, project_id
