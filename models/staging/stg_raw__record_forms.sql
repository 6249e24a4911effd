with

source as (

    select * from {{ source('raw', 'record_forms') }}

),

final as (

    select
        source_id,
        record_key,
        form,
        default_state
    from source

)

select * from final
