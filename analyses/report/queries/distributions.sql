-- rpt_distribution: indicator_id, method_version, component_id, year, category_id
with

latest as (

    select
        indicator_id,
        max(method_version) as method_version
    from dim_indicator
    group by indicator_id

)

select rpt_distribution.*
from rpt_distribution
inner join latest
    on
        rpt_distribution.indicator_id = latest.indicator_id
        and rpt_distribution.method_version = latest.method_version
where rpt_distribution.year <= $year
order by
    rpt_distribution.indicator_id,
    rpt_distribution.component_id,
    rpt_distribution.year,
    rpt_distribution.position
