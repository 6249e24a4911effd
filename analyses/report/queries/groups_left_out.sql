-- rpt_indicator
select
    scope_type,
    count(*) filter (where status = 'ok') as ok_count,
    count(*) filter (where status = 'bounds') as bounds_count,
    count(*) filter (where status = 'small_n') as small_count,
    count(*) filter (where status = 'suppressed') as suppressed_count
from rpt_indicator
where
    year = $year
    and scope_type <> 'network'
    and kind = 'effect'
    and statistic = 'share'
    and component_id = 'all'
group by scope_type
order by scope_type
