with

cells as (

    select * from {{ ref('int_indicators__cells') }}
    where scope_type = 'network'

),

families as (

    select
        item_id,
        year,
        bool_or(is_unsafe) as is_unsafe
    from cells
    group by item_id, year

),

-- In the network, the answers of a question that add up hide behind one another: two at least, one of them
-- without a word, the smallest that is safe if need be.
ranked as (

    select
        *,
        count(case when is_unsafe then 1 end) over sums as unsafe_count,
        count(case when is_unsafe and not is_few then 1 end) over sums as silent_count,
        row_number() over (
            partition by item_id, indicator_id, method_version, year, coalesce(sum_id, component_id)
            order by is_unsafe asc, numerator asc, component_id asc
        ) as safe_rank
    from cells
    window
        sums as (
            partition by item_id, indicator_id, method_version, year, coalesce(sum_id, component_id)
        )

),

final as (

    select
        ranked.indicator_id,
        ranked.method_version,
        ranked.component_id,
        ranked.year,
        ranked.denominator,
        ranked.is_all_or_none,
        case
            when ranked.statistic = 'median' or ranked.is_conditional then families.is_unsafe
            else
                ranked.is_unsafe
                or (
                    ranked.sum_id is not null
                    and ranked.unsafe_count > 0
                    and (ranked.unsafe_count = 1 or ranked.silent_count = 0)
                    and ranked.safe_rank = 1
                )
        end as is_masked
    from ranked
    inner join families
        on
            ranked.item_id = families.item_id
            and ranked.year = families.year

)

select * from final
