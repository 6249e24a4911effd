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

components as (

    select * from {{ ref('int_indicators__components') }}

),

-- Beside a negative effect, the positive ones of the same question: each site that answers has one of both.
positives as (

    select
        negative.indicator_id,
        negative.method_version,
        negative.component_id,
        figures.year,
        figures.scope_type,
        figures.scope_id,
        figures.numerator,
        figures.denominator
    from components as negative
    inner join components as positive
        on
            negative.question_id = positive.question_id
            and negative.component_id = 'all'
            and positive.component_id = 'all'
            and negative.answer_polarity = -1
            and positive.answer_polarity = 1
    inner join figures
        on {{ same_component('positive', 'figures') }}

),

largest as (

    select * from {{ ref('int_indicators__largest') }}

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
        -- Who has no département has no région.
        case
            when figures.scope_type = 'department' then coalesce(departments.region_code, figures.scope_id)
        end as region_code,
        figures.numerator,
        figures.denominator,
        -- Two, where two say nothing good, is no longer "fewer than three": it is two.
        restricted.is_negative
        and coalesce(figures.numerator in (1, 2), false)
        and coalesce(positives.denominator - positives.numerator < 2, true) as is_few,
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
        on {{ same_component('figures', 'restricted') }}
    left join positives
        on {{ same_figure('figures', 'positives') }}
    left join departments on figures.scope_id = departments.department_code
    left join largest
        on {{ same_figure('figures', 'largest') }}

)

select * from final
