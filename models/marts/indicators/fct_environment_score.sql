with

items as (

    select * from {{ ref('int_environment__scored') }}

),

categories as (

    select * from {{ ref('categories') }}

),

sub_axes as (

    select distinct
        sub_axis as sub_axis_id,
        sub_axis_label_fr as label_fr,
        sub_axis_label_en as label_en
    from {{ ref('questions_environment') }}
    where sub_axis is not null

),

-- A question counts in its axis, and in its sub-axis if it has one.
scoped as (

    select
        *,
        'all' as scope_id
    from items
    union all
    select
        *,
        sub_axis_id as scope_id
    from items
    where sub_axis_id is not null

),

-- The platform takes the weight of a question that is filtered out, not its points.
summed as (

    select
        evaluation_id,
        project_id,
        year,
        category_id,
        axis_id,
        scope_id as sub_axis_id,
        coalesce({{ ordered_sum('points * weight', 'not is_removed') }}, 0) as points,
        coalesce({{ ordered_sum('weight', 'is_counted') }}, 0) as weight,
        coalesce({{ ordered_sum('weight', 'is_counted and is_unscored') }}, 0) as unscored_weight,
        coalesce({{ ordered_sum('points * weight', 'is_counted') }}, 0) as answered_points,
        coalesce({{ ordered_sum('weight', 'is_counted and points is not null') }}, 0) as answered_weight,
        count(*) filter (where is_counted) as item_count,
        count(*) filter (where is_counted and points is not null) as answered_count,
        count(*) filter (where is_counted and is_unscored) as unscored_count
    from (
        select
            *,
            not is_filtered and not is_removed as is_counted
        from scoped
    ) as counted
    group by evaluation_id, project_id, year, category_id, axis_id, scope_id

),

final as (

    select
        {{ hash_key(['summed.evaluation_id', 'summed.axis_id', 'summed.sub_axis_id']) }} as score_id,
        summed.evaluation_id,
        summed.project_id,
        summed.year,
        summed.category_id,
        summed.axis_id,
        summed.sub_axis_id,
        coalesce(sub_axes.label_fr, categories.label_fr) as label_fr,
        coalesce(sub_axes.label_en, categories.label_en) as label_en,
        case
            when summed.unscored_count = 0 then round(summed.points / nullif(summed.weight, 0), 2)
        end as platform_score,
        round(summed.points / nullif(summed.weight, 0), 2) as platform_score_low,
        round((summed.points + summed.unscored_weight) / nullif(summed.weight, 0), 2) as platform_score_high,
        summed.answered_points / nullif(summed.answered_weight, 0) as answered_score,
        summed.points,
        summed.weight,
        summed.answered_points,
        summed.answered_weight,
        summed.item_count::integer as item_count,
        summed.answered_count::integer as answered_count,
        summed.unscored_count::integer as unscored_count
    from summed
    inner join categories on summed.category_id = categories.category_id
    left join sub_axes on summed.sub_axis_id = sub_axes.sub_axis_id

)

select * from final
