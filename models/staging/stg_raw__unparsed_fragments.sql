with

source as (

    select * from {{ source('raw', 'unparsed_fragments') }}

),

final as (

    select
        source_id,
        source_start,
        source_end,
        text
    from source

)

select * from final
