-- rpt_indicator: indicator_id, method_version, component_id, year, scope_type, scope_id
with

latest as (

    select
        indicator_id,
        max(method_version) as method_version
    from dim_indicator
    group by indicator_id

),

levels as (

    select
        dim_indicator.indicator_id,
        dim_indicator.method_version,
        dim_category.category_id,
        dim_category.level_id,
        dim_category.criterion_number,
        dim_question.answer_list,
        dim_category.label_fr as category_label_fr,
        dim_category.label_en as category_label_en
    from dim_indicator
    inner join dim_question on split_part(dim_indicator.question_ids, '|', 1) = dim_question.question_id
    inner join dim_category on dim_question.category_id = dim_category.category_id

)

select
    rpt_indicator.*,
    levels.category_id,
    levels.level_id,
    levels.criterion_number,
    levels.category_label_fr,
    levels.category_label_en,
    rpt_indicator.direction = 'down' or coalesce(dim_answer.polarity, 0) < 0 as is_negative,
    rpt_indicator.status = 'bounds' or rpt_indicator.coverage < 0.8 as has_bounds,
    coalesce(rpt_trend.is_break, false) as is_break
from rpt_indicator
inner join latest
    on
        rpt_indicator.indicator_id = latest.indicator_id
        and rpt_indicator.method_version = latest.method_version
left join levels
    on
        rpt_indicator.indicator_id = levels.indicator_id
        and rpt_indicator.method_version = levels.method_version
left join rpt_trend
    on
        rpt_indicator.indicator_id = rpt_trend.indicator_id
        and rpt_indicator.method_version = rpt_trend.method_version
        and rpt_indicator.component_id = rpt_trend.component_id
        and rpt_indicator.year = rpt_trend.year
        and rpt_indicator.scope_type = rpt_trend.scope_type
        and rpt_indicator.scope_id = rpt_trend.scope_id
left join dim_answer
    on levels.answer_list || '/' || rpt_indicator.component_id = dim_answer.answer_key
where rpt_indicator.scope_type = 'network' and rpt_indicator.year <= $year
order by
    left(rpt_indicator.indicator_id, 1),
    try_cast(substr(rpt_indicator.indicator_id, 2) as integer),
    rpt_indicator.component_position,
    rpt_indicator.component_id,
    rpt_indicator.year
