-- rpt_indicator
select
    count(*) filter (where status = 'ok') as ok_count,
    count(*) filter (where status = 'ok' and ci_low > 0.5) as above_count,
    count(*) filter (where status = 'ok' and ci_high < 0.5) as below_count,
    count(*) filter (where status = 'bounds') as bounds_count,
    count(*) filter (where status = 'small_n') as small_count,
    count(*) filter (where status = 'suppressed') as suppressed_count,
    count(*) filter (where status = 'no_data') as no_data_count,
    count(*) filter (where status not in ('not_asked', 'no_register')) as asked_count
from rpt_indicator
where
    year = $year
    and scope_type = 'network'
    and kind = 'effect'
    and statistic = 'share'
    and component_id = 'all'
