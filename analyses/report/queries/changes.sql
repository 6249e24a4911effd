-- rpt_indicator_change: indicator_id, method_version, component_id, year_from, year_to, scope_type, scope_id
select *
from rpt_indicator_change
where scope_type = 'network' and year_to = $year
order by
    left(indicator_id, 1),
    try_cast(substr(indicator_id, 2) as integer),
    component_position,
    component_id
