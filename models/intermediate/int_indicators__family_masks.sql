{{ config(materialized='table') }}

with

cells as (

    select * from {{ ref('int_indicators__cells') }}

),

-- One unsafe cell masks all groups of its kind for the question: nothing is left to subtract.
families as (

    select
        item_id,
        year,
        scope_type,
        bool_or(is_unsafe) as is_unsafe
    from cells
    group by item_id, year, scope_type

),

network as (

    select * from {{ ref('int_indicators__network_masks') }}

),

regions as (

    select
        cells.*,
        families.is_unsafe as is_masked
    from cells
    inner join families
        on
            cells.item_id = families.item_id
            and cells.year = families.year
            and cells.scope_type = families.scope_type
    where cells.scope_type = 'region'

),

final as (

    select
        cells.indicator_id,
        cells.method_version,
        cells.component_id,
        cells.year,
        cells.scope_type,
        cells.scope_id,
        cells.scope_type = 'network' and cells.is_few as is_few,
        -- What published figures give away is not masked but left out: a group that is the whole of what it
        -- is part of, parts of all or none, what is counted among the sites of a masked answer.
        cells.is_conditional
        or (
            cells.scope_type <> 'network'
            and not network.is_masked
            and (network.is_all_or_none or cells.denominator = network.denominator)
        )
        or coalesce(
            not regions.is_masked
            and (regions.is_all_or_none or cells.denominator = regions.denominator),
            false
        ) as is_left_out
    from cells
    inner join families
        on
            cells.item_id = families.item_id
            and cells.year = families.year
            and cells.scope_type = families.scope_type
    inner join network
        on
            {{ same_component('cells', 'network') }}
            and cells.year = network.year
    left join regions
        on
            {{ same_component('cells', 'regions') }}
            and cells.year = regions.year
            and cells.region_code = regions.scope_id
    where
        case when cells.scope_type = 'network' then network.is_masked else families.is_unsafe end
        -- Where nobody answers there is nothing to hide, unless nobody's being asked tells another answer.
        and (cells.denominator > 0 or cells.is_conditional)

)

select * from final
