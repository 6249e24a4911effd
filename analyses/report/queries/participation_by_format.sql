-- rpt_participation: year, format
select
    year,
    format,
    label_fr,
    label_en,
    export_count,
    evaluation_count
from rpt_participation
where format <> 'all' and year <= $year
order by format, year
