-- rpt_composition: year, dimension, group_id
select *
from rpt_composition
where year = $year
order by dimension, evaluation_count desc, group_id
