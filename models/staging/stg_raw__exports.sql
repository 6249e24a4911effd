with

source as (

    select * from {{ source('raw', 'exports') }}

),

final as (

    select
        source_id,
        format,
        generation,
        text_form,
        encoding,
        byte_count,
        characters,
        characters_recognised,
        characters_testimony,
        characters_unparsed
    from source

)

select * from final
