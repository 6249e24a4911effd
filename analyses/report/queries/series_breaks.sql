-- dim_series_break: series_break_id
select
    dim_series_break.*,
    dim_indicator.label_fr as indicator_label_fr,
    dim_indicator.label_en as indicator_label_en,
    dim_question.label_fr as question_label_fr,
    dim_question.label_en as question_label_en
from dim_series_break
left join dim_indicator
    on
        dim_series_break.indicator_id = dim_indicator.indicator_id
        and dim_indicator.method_version = '1'
left join dim_question on dim_series_break.question_id = dim_question.question_id
order by dim_series_break.year_to, dim_series_break.generation_to, dim_series_break.series_break_id
