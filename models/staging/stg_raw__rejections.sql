with

source as (

    select * from {{ source('raw', 'rejections') }}

),

final as (

    select
        path,
        source_id,
        reason,
        detail,
        remedy
    from source

)

select * from final
