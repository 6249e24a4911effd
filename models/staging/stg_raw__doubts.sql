with

source as (

    select * from {{ source('raw', 'doubts') }}

),

final as (

    select
        source_id,
        expectation,
        row_count,
        detail,
        remedy
    from source

)

select * from final
