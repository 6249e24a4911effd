-- rpt_department: year, department_code
select
    year,
    department_code,
    department,
    region_code,
    evaluation_count,
    register_count
from rpt_department
where year = $year
order by department_code
