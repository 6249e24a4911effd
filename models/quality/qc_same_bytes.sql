with

records as (

    select distinct
        source_id,
        year
    from {{ ref('int_records__dated') }}
    where not is_retracted

),

receipts as (

    select * from {{ ref('stg_raw__receipts') }}
    where not is_retracted

),

years as (

    select
        source_id,
        {{ join_texts('year::string', 'year') }} as years
    from records
    group by source_id
    having count(*) > 1

),

paths as (

    select
        source_id,
        {{ join_texts('path', 'path') }} as paths
    from receipts
    group by source_id
    having count(*) > 1

),

final as (

    select
        years.source_id,
        years.years,
        paths.paths,
        'same-bytes-two-years' as reason,
        'One file cannot tell of two years: keep the true one, `effets retract` or `effets redate` the other.'
            as remedy
    -- The records of one file may be of several years; received once, that is no copy.
    from years
    inner join paths on years.source_id = paths.source_id

)

select * from final
