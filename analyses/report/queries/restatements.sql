-- rpt_restatement: report, indicator_id, method_version, component_id, year, scope_type, scope_id
select
    rpt_restatement.*,
    dim_indicator_component.statistic,
    status_then.label_fr as status_then_fr,
    status_then.label_en as status_then_en,
    status_now.label_fr as status_now_fr,
    status_now.label_en as status_now_en
from rpt_restatement
left join dim_indicator_component
    on
        rpt_restatement.indicator_id = dim_indicator_component.indicator_id
        and rpt_restatement.method_version = dim_indicator_component.method_version
        and rpt_restatement.component_id = dim_indicator_component.component_id
left join dim_status as status_then on rpt_restatement.status_then = status_then.status
left join dim_status as status_now on rpt_restatement.status_now = status_now.status
where rpt_restatement.scope_type = 'network'
order by
    rpt_restatement.report_year,
    left(rpt_restatement.indicator_id, 1),
    try_cast(substr(rpt_restatement.indicator_id, 2) as integer),
    rpt_restatement.component_id,
    rpt_restatement.year
