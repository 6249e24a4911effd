-- rpt_indicator: indicator_id, method_version, component_id, year, scope_type, scope_id
select *
from rpt_indicator
where
    year = $year
    and scope_type <> 'network'
    and kind = 'effect'
    and statistic = 'share'
    and component_id = 'all'
    and status in ('ok', 'bounds', 'suppressed')
order by
    scope_type,
    left(indicator_id, 1),
    try_cast(substr(indicator_id, 2) as integer),
    scope_position,
    scope_id
