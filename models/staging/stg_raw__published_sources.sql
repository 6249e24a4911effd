with

source as (

    select * from {{ source('raw', 'published_sources') }}

),

final as (

    select
        report_year,
        edition,
        release,
        published_on,
        year,
        source_id,
        record_count
    from source

)

select * from final
