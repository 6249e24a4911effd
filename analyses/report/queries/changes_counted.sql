-- rpt_indicator_change
select
    count(*) filter (where status = 'ok') as tested_count,
    count(*) filter (where arrow = 'up') as up_count,
    count(*) filter (where arrow = 'down') as down_count,
    count(*) filter (where status = 'break') as break_count,
    count(*) filter (where status = 'small_n') as small_count,
    count(*) filter (where status = 'bounds') as bounds_count,
    count(*) filter (where status = 'suppressed') as suppressed_count
from rpt_indicator_change
where scope_type = 'network' and year_to = $year
