with

restricted as (

    select * from {{ ref('int_indicators__restricted') }}
    where disclosure = 'restricted'

),

changes as (

    select * from {{ ref('fct_indicator_change') }}
    where scope_type = 'network'

),

levels as (

    select
        cells.*,
        masked.indicator_id is not null as is_masked
    from {{ ref('int_indicators__cells') }} as cells
    left join {{ ref('int_indicators__masked') }} as masked
        on
            {{ same_component('cells', 'masked') }}
            and cells.year = masked.year
            and masked.scope_type = 'network'
    where cells.scope_type = 'network'

),

-- Shown where both levels are, where each of those who stayed, gained and lost are nobody or three and more,
-- and so are those whom the levels count beside the matched.
final as (

    select
        changes.*,
        coalesce(
            not before.is_masked
            and not after.is_masked
            and {{ is_safe_count('changes.gained') }}
            and {{ is_safe_count('changes.lost') }}
            and {{ is_safe_count('changes.numerator_from - changes.lost') }}
            and {{ is_safe_count('changes.n_matched - changes.numerator_from - changes.gained') }}
            and {{ is_safe_rest(
                'before.numerator', 'before.denominator', 'changes.numerator_from', 'changes.n_matched'
            ) }}
            and {{ is_safe_rest(
                'after.numerator', 'after.denominator', 'changes.numerator_to', 'changes.n_matched'
            ) }},
            false
        ) as is_safe,
        coalesce(before.is_all_or_none and not before.is_masked, false)
        or coalesce(after.is_all_or_none and not after.is_masked, false) as is_given_away
    from changes
    inner join restricted
        on {{ same_component('changes', 'restricted') }}
    left join levels as before
        on
            {{ same_component('changes', 'before') }}
            and changes.year_from = before.year
    left join levels as after
        on
            {{ same_component('changes', 'after') }}
            and changes.year_to = after.year

)

select * from final -- noqa: AM04
