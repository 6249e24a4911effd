with

rejections as (

    select * from {{ ref('stg_raw__rejections') }}

),

final as (

    select
        path,
        source_id,
        reason,
        detail,
        remedy
    from rejections

)

select * from final
