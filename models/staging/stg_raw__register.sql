with

source as (

    select * from {{ source('raw', 'register') }}

),

final as (

    select
        project_id,
        active_from,
        active_to,
        postal_code,
        city,
        commune_size,
        legal_status,
        priority_district
    from source

)

select * from final
