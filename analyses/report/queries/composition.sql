-- rpt_composition: year, dimension, group_id
select *
from rpt_composition
where year = $year
order by dimension_position, dimension, group_position, group_id
