-- dim_project
select
    count(*) as project_count,
    count(*) filter (where first_year = $year) as new_count,
    -- Invented sites say so in their names, hence in their identifiers.
    count(*) filter (where project_id like '%-site-invente') as invented_count
from dim_project
where project_id in (select project_id from fct_evaluation where year = $year)
