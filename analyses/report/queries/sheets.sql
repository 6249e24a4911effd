-- dim_indicator: indicator_id, method_version
select *
from dim_indicator
order by
    left(indicator_id, 1),
    try_cast(substr(indicator_id, 2) as integer),
    method_version
