-- rpt_testimony: testimony_id
select
    rpt_testimony.*,
    dim_category.level_id,
    dim_category.criterion_number,
    dim_category.label_fr as category_label_fr,
    dim_category.label_en as category_label_en
from rpt_testimony
inner join dim_category on rpt_testimony.category_id = dim_category.category_id
where rpt_testimony.year = $year
order by dim_category.criterion_number, rpt_testimony.is_truncated, rpt_testimony.testimony_id
