with

records as (

    select * from {{ ref('int_records__identified') }}

),

final as (

    select
        year,
        count(distinct evaluation_id)::integer as evaluation_count,
        count(distinct source_id)::integer as export_count
    from records
    group by year

)

select * from final
