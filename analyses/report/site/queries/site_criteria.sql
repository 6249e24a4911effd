with

own as (

    select
        category_id,
        year,
        max(case when state = 'answered' then 1 else 0 end) as is_documented
    from fct_response
    where project_id = $project_id and year <= $year
    group by category_id, year

)

select
    rpt_completeness.criterion_number,
    rpt_completeness.category_id,
    rpt_completeness.label_fr,
    rpt_completeness.label_en,
    rpt_completeness.level_label_fr,
    rpt_completeness.level_label_en,
    rpt_completeness.documented_share as network_share,
    rpt_completeness.evaluation_count as network_e,
    own.year,
    own.is_documented
from rpt_completeness
left join own on rpt_completeness.category_id = own.category_id
where rpt_completeness.year = $year
order by rpt_completeness.criterion_number, own.year
