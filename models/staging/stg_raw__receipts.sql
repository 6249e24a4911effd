with

source as (

    select * from {{ source('raw', 'receipts') }}

),

final as (

    select
        source_id,
        path,
        year,
        year_basis,
        project_name as received_name,
        project_stem as file_stem,
        collected_on,
        is_retracted
    from source

)

select * from final
