-- Restated figures: what published reports said and what is said today, with the decisions about records that
-- stand behind it. `moved` is the difference in the unit of the figure; without one, a status changed.
with

restatements as (

    select
        report,
        report_year,
        published_on,
        indicator_id,
        component_id,
        year,
        scope_type,
        scope_id,
        numerator_then,
        denominator_then,
        value_then,
        status_then,
        numerator_now,
        denominator_now,
        value_now,
        status_now,
        causes
    from {{ ref('rpt_restatement') }}

),

records as (

    select
        year,
        count(case when is_retracted then 1 end) as retracted_count,
        count(case when year_basis = 'redated' then 1 end) as redated_count
    from {{ ref('dim_record') }}
    group by year

),

final as (

    select
        restatements.report,
        restatements.report_year,
        restatements.published_on,
        restatements.indicator_id,
        restatements.component_id,
        restatements.year,
        restatements.scope_type,
        restatements.scope_id,
        restatements.value_then,
        restatements.value_now,
        restatements.value_now - restatements.value_then as moved,
        restatements.numerator_then,
        restatements.denominator_then,
        restatements.numerator_now,
        restatements.denominator_now,
        restatements.status_then,
        restatements.status_now,
        restatements.causes,
        coalesce(records.retracted_count, 0) as retracted_count,
        coalesce(records.redated_count, 0) as redated_count
    from restatements
    left join records on restatements.year = records.year

)

select * from final
order by
    report_year desc,
    abs(moved) desc nulls first,
    indicator_id asc,
    component_id asc,
    year asc,
    scope_type asc,
    scope_id asc
