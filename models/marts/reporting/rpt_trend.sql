with

figures as (

    select * from {{ ref('rpt_indicator') }}

),

changes as (

    select * from {{ ref('rpt_indicator_change') }}

),

-- The level of the campaign before, whichever year that was; it is no comparison: other sites answered.
levels as (

    select
        *,
        lag(year) over (
            partition by indicator_id, method_version, component_id, scope_type, scope_id order by year
        ) as previous_year,
        lag(value) over (
            partition by indicator_id, method_version, component_id, scope_type, scope_id order by year
        ) as previous_value
    from figures

),

final as (

    select
        levels.indicator_id,
        levels.method_version,
        levels.component_id,
        levels.year,
        levels.scope_type,
        levels.scope_id,
        levels.label_fr,
        levels.label_en,
        levels.component_position,
        levels.component_label_fr,
        levels.component_label_en,
        levels.scope_label_fr,
        levels.scope_label_en,
        levels.kind,
        levels.unit,
        levels.value,
        levels.ci_low,
        levels.ci_high,
        levels.bound_low,
        levels.bound_high,
        levels.status,
        levels.status_label_fr,
        levels.status_label_en,
        levels.previous_year,
        levels.previous_value,
        changes.n_matched,
        changes.value_from as matched_value_from,
        changes.value_to as matched_value_to,
        changes.change as matched_change,
        changes.ci_low as matched_change_ci_low,
        changes.ci_high as matched_change_ci_high,
        changes.arrow,
        changes.status as change_status,
        coalesce(changes.status = 'break', false) as is_break
    from levels
    left join changes
        on
            {{ same_component('levels', 'changes') }}
            and levels.year = changes.year_to
            and levels.scope_type = changes.scope_type
            and levels.scope_id = changes.scope_id

)

select * from final
