with

exports as (

    select * from {{ ref('stg_raw__exports') }}

),

receipts as (

    select
        source_id,
        min(path) as path,
        max(collected_on) as collected_on,
        bool_and(is_retracted) as is_retracted
    from {{ ref('stg_raw__receipts') }}
    group by source_id

),

final as (

    select
        exports.source_id,
        receipts.path,
        exports.format,
        exports.generation,
        exports.text_form,
        exports.encoding,
        exports.byte_count,
        receipts.collected_on,
        receipts.is_retracted,
        exports.characters,
        exports.characters_recognised,
        exports.characters_testimony,
        exports.characters_unparsed
    from exports
    inner join receipts on exports.source_id = receipts.source_id

)

select * from final
