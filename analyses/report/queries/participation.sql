-- rpt_participation: year, format
select
    now.year,
    now.format,
    now.export_count,
    now.record_count,
    now.evaluation_count,
    now.project_count,
    now.matched_count,
    -- Null where no evaluation of the year before is published.
    before.project_count as previous_project_count
from rpt_participation as now
left join rpt_participation as before
    on before.format = 'all' and now.year = before.year + 1
where now.format = 'all' and now.year <= $year
order by now.year
