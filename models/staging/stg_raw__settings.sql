with

source as (

    select * from {{ source('raw', 'settings') }}

),

final as (

    select
        key,
        value
    from source

)

select * from final
