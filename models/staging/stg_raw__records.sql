with

source as (

    select * from {{ source('raw', 'records') }}

),

final as (

    select
        source_id,
        record_key,
        project_name as inner_name,
        project_link as page_link,
        submitted_at,
        nullif(trim(address), '') as address,
        nullif(trim(postal_code), '') as postal_code,
        nullif(trim(city), '') as city,
        latitude,
        longitude
    from source

)

select * from final
