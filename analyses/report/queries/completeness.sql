-- rpt_completeness: year, category_id
select *
from rpt_completeness
where year <= $year
order by criterion_number, year
