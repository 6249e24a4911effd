with

cells as (

    select * from {{ ref('int_indicators__cells') }}

),

-- One unsafe cell masks its family of tables, and one of the whole network all of them: nothing is left to
-- subtract.
families as (

    select
        item_id,
        year,
        family,
        bool_or(is_unsafe) as is_unsafe
    from cells
    group by item_id, year, family

),

network as (

    select
        cells.indicator_id,
        cells.method_version,
        cells.component_id,
        cells.year,
        cells.numerator,
        cells.denominator,
        families.is_unsafe
    from cells
    inner join families
        on
            cells.item_id = families.item_id
            and cells.year = families.year
            and families.family = 'network'
    where cells.scope_type = 'network'

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
        -- What published figures give away is not masked but left out: groups of which all or none count, a
        -- group that is the whole network, and what is counted among the sites of a masked answer.
        cells.is_conditional
        or (
            cells.scope_type <> 'network'
            and not network.is_unsafe
            and (
                coalesce(network.numerator in (0, network.denominator), false)
                or cells.denominator = network.denominator
            )
        ) as is_left_out
    from cells
    inner join families
        on
            cells.item_id = families.item_id
            and cells.year = families.year
            and cells.family = families.family
    inner join network
        on
            cells.indicator_id = network.indicator_id
            and cells.method_version = network.method_version
            and cells.component_id = network.component_id
            and cells.year = network.year
    where families.is_unsafe or network.is_unsafe

)

select * from final
