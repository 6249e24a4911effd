{{ config(materialized='table') }}

with

figures as (

    select * from {{ ref('fct_indicator_value') }}
    where scope_type <> 'site' and status not in ('not_asked', 'no_register')

),

restricted as (

    select * from {{ ref('int_indicators__restricted') }}
    where disclosure = 'restricted'

),

departments as (

    select * from {{ ref('departments') }}

),

-- The largest site of each total.
largest as (

    select
        facts.indicator_id,
        facts.method_version,
        facts.component_id,
        facts.year,
        members.scope_type,
        members.scope_id,
        max(facts.value) as largest_value,
        {{ ordered_sum('facts.value') }} as total_value
    from {{ ref('fct_indicator_evaluation') }} as facts
    inner join restricted
        on
            facts.indicator_id = restricted.indicator_id
            and facts.method_version = restricted.method_version
            and facts.component_id = restricted.component_id
    inner join {{ ref('int_indicators__memberships') }} as members
        on facts.project_id = members.project_id and facts.year = members.year
    where restricted.statistic = 'sum' and members.scope_type <> 'site'
    group by
        facts.indicator_id,
        facts.method_version,
        facts.component_id,
        facts.year,
        members.scope_type,
        members.scope_id

),

-- A cell is unsafe if it, or what it leaves of its total, is of one or two sites, or if one site is most of
-- it.
final as (

    select
        figures.indicator_id,
        figures.method_version,
        figures.component_id,
        figures.year,
        figures.scope_type,
        figures.scope_id,
        restricted.item_id,
        restricted.statistic,
        restricted.is_conditional,
        restricted.sum_id,
        case when figures.scope_type = 'department' then departments.region_code end as region_code,
        figures.numerator,
        figures.denominator,
        restricted.is_negative and coalesce(figures.numerator in (1, 2), false) as is_few,
        figures.denominator > 0 and coalesce(figures.numerator in (0, figures.denominator), false)
        or coalesce(largest.total_value = 0, false) as is_all_or_none,
        figures.denominator in (1, 2)
        or coalesce(figures.numerator in (1, 2), false)
        or coalesce(
            restricted.statistic = 'share' and figures.denominator - figures.numerator in (1, 2), false
        )
        or coalesce(largest.largest_value > 0.85 * largest.total_value, false) as is_unsafe
    from figures
    inner join restricted
        on
            figures.indicator_id = restricted.indicator_id
            and figures.method_version = restricted.method_version
            and figures.component_id = restricted.component_id
    left join departments on figures.scope_id = departments.department_code
    left join largest
        on
            figures.indicator_id = largest.indicator_id
            and figures.method_version = largest.method_version
            and figures.component_id = largest.component_id
            and figures.year = largest.year
            and figures.scope_type = largest.scope_type
            and figures.scope_id = largest.scope_id

)

select * from final
