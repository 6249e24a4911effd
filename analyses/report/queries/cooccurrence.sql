-- rpt_cooccurrence: year, category_id_a, category_id_b
select
    rpt_cooccurrence.*,
    a.criterion_number as number_a,
    a.label_fr as label_a_fr,
    a.label_en as label_a_en,
    b.criterion_number as number_b,
    b.label_fr as label_b_fr,
    b.label_en as label_b_en
from rpt_cooccurrence
inner join dim_category as a on rpt_cooccurrence.category_id_a = a.category_id
inner join dim_category as b on rpt_cooccurrence.category_id_b = b.category_id
where rpt_cooccurrence.year = $year
order by number_a, number_b
