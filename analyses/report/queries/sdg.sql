-- rpt_sdg: year, goal
select *
from rpt_sdg
where year = $year
order by goal
