with

latest as (

    select
        indicator_id,
        max(method_version) as method_version
    from dim_indicator
    group by indicator_id

),

network as (

    select rpt_indicator.*
    from rpt_indicator
    inner join latest
        on
            rpt_indicator.indicator_id = latest.indicator_id
            and rpt_indicator.method_version = latest.method_version
    where
        rpt_indicator.scope_type = 'network'
        and rpt_indicator.year = $year
        and rpt_indicator.kind = 'effect'
        and rpt_indicator.unit = 'share'
        and rpt_indicator.indicator_id not like 'X%'

),

levels as (

    select
        dim_indicator.indicator_id,
        dim_indicator.method_version,
        dim_level.position,
        dim_level.label_fr,
        dim_level.label_en
    from dim_indicator
    inner join dim_question on split_part(dim_indicator.question_ids, '|', 1) = dim_question.question_id
    inner join dim_category on dim_question.category_id = dim_category.category_id
    inner join dim_level on dim_category.level_id = dim_level.level_id

),

own as (

    select
        indicator_id,
        method_version,
        component_id,
        year,
        numerator,
        denominator,
        n_ambiguous,
        status
    from fct_indicator_value
    where scope_type = 'site' and scope_id = $project_id and year <= $year

)

select
    network.indicator_id,
    network.method_version,
    network.component_id,
    network.component_position,
    levels.label_fr as level_label_fr,
    levels.label_en as level_label_en,
    network.label_fr,
    network.label_en,
    network.component_label_fr,
    network.component_label_en,
    network.value as network_value,
    network.ci_low as network_ci_low,
    network.ci_high as network_ci_high,
    network.n_answered as network_n,
    network.n_evaluations as network_e,
    network.n_register as network_r,
    network.status_label_fr as network_status_label_fr,
    network.status_label_en as network_status_label_en,
    own.year,
    own.numerator,
    own.denominator,
    own.n_ambiguous,
    own.status
from network
left join levels
    on network.indicator_id = levels.indicator_id and network.method_version = levels.method_version
left join own
    on
        network.indicator_id = own.indicator_id
        and network.method_version = own.method_version
        and network.component_id = own.component_id
-- What nobody was asked is nothing to compare.
where network.status <> 'not_asked' or own.denominator > 0 or own.n_ambiguous > 0
order by
    levels.position,
    left(network.indicator_id, 1),
    try_cast(substr(network.indicator_id, 2) as integer),
    network.component_position,
    network.component_id,
    own.year
