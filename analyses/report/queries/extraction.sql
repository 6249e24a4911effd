-- rpt_extraction: year, format
select *
from rpt_extraction
where year = $year
order by format
