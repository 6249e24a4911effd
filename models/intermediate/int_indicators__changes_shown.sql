with

changes as (

    select * from {{ ref('fct_indicator_change') }}

),

restricted as (

    select * from {{ ref('int_indicators__restricted') }}

),

masked as (

    select * from {{ ref('int_indicators__changes_masked') }}

),

final as (

    select
        changes.*,
        restricted.disclosure,
        case when masked.indicator_id is not null then 'suppressed' else changes.status end as shown_status,
        -- Of too few matched sites, nothing is shown but how many there are; of an ambiguous one, neither.
        masked.indicator_id is null and changes.status = 'ok' as is_shown
    from changes
    inner join restricted
        on {{ same_component('changes', 'restricted') }}
    left join masked
        on
            {{ same_component('changes', 'masked') }}
            and changes.year_from = masked.year_from
            and changes.year_to = masked.year_to
            and changes.scope_type = masked.scope_type
            and changes.scope_id = masked.scope_id
    -- Of restricted indicators the change is given for the network alone (docs/disclosure.md).
    where
        (restricted.disclosure = 'public' or changes.scope_type = 'network')
        and masked.is_left_out is not true

)

select * from final -- noqa: AM04
