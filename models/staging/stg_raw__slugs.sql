with

source as (

    select * from {{ source('raw', 'slugs') }}

),

final as (

    select
        name,
        slug
    from source

)

select * from final
