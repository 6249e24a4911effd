with

judged as (

    select * from {{ ref('int_indicators__changes_judged') }}

),

-- With a published level of all or none, who gained and who lost is told by the other one: no row can hide
-- it.
final as (

    select
        indicator_id,
        method_version,
        component_id,
        year_from,
        year_to,
        scope_type,
        scope_id,
        is_given_away as is_left_out
    from judged
    where not is_safe and n_matched > 0 and status in ('ok', 'bounds', 'small_n')
    union all
    -- A public change is masked with the levels of both years, and left out with that of one: the other tells
    -- what may have been gained and lost.
    select
        changes.indicator_id,
        changes.method_version,
        changes.component_id,
        changes.year_from,
        changes.year_to,
        changes.scope_type,
        changes.scope_id,
        count(distinct masked.year) = 1 as is_left_out
    from {{ ref('fct_indicator_change') }} as changes
    inner join {{ ref('int_indicators__gap_masks') }} as masked
        on
            {{ same_component('changes', 'masked') }}
            and masked.year in (changes.year_from, changes.year_to)
            and changes.scope_type = masked.scope_type
            and changes.scope_id = masked.scope_id
    where changes.n_matched > 0
    group by
        changes.indicator_id,
        changes.method_version,
        changes.component_id,
        changes.year_from,
        changes.year_to,
        changes.scope_type,
        changes.scope_id

)

select * from final
