with

margins as (

    select * from {{ ref('int_indicators__gap_margins') }}
    where scope_type = 'network'

),

unsafe as (

    select distinct
        item_id,
        year
    from {{ ref('int_indicators__cells') }}
    where is_unsafe and scope_type <> 'network'

),

-- Beside the balance, a gap that is as small or as large as it can be tells of each site what it answered.
final as (

    select distinct
        margins.indicator_id,
        margins.method_version,
        margins.component_id,
        margins.year
    from margins
    inner join unsafe
        on
            unsafe.item_id in (margins.question_id, margins.among_question_id)
            and margins.year = unsafe.year
    where
        margins.gap_low > 0 and margins.numerator < margins.gap_low + 1
        or margins.gap_high < margins.denominator and margins.numerator > margins.gap_high - 1

)

select * from final
