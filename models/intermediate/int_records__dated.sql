{{ config(materialized='table') }}

with

exports as (

    select * from {{ ref('stg_raw__exports') }}

),

receipts as (

    select * from {{ ref('stg_raw__receipts') }}

),

records as (

    select * from {{ ref('stg_raw__records') }}

),

formats as (

    select * from {{ ref('formats') }}

),

-- A year from outside the file goes before the file's own; --year is only for files that know none.
dated as (

    select
        records.*,
        receipts.received_name,
        receipts.file_stem,
        receipts.path,
        receipts.collected_on,
        receipts.is_retracted,
        case
            when receipts.year_basis in ('manifest', 'folder', 'redated') then receipts.year
            else coalesce(extract(year from records.submitted_at), receipts.year)
        end::integer as year,
        case
            when receipts.year_basis in ('manifest', 'folder', 'redated') then receipts.year_basis
            when records.submitted_at is not null then 'submission'
            else receipts.year_basis
        end as year_basis
    from records
    inner join receipts on records.source_id = receipts.source_id

),

-- Two receipts of one export may come to the same year: one record, by the receipt that stands and says most.
ranked as (

    select
        *,
        row_number() over (
            partition by source_id, record_key, year
            order by
                is_retracted asc,
                case year_basis
                    when 'redated' then 1
                    when 'manifest' then 2
                    when 'folder' then 3
                    when 'submission' then 4
                    else 5
                end asc,
                collected_on desc nulls last,
                path asc
        ) as receipt_rank
    from dated

),

final as (

    select
        {{ hash_key(['ranked.source_id', 'ranked.record_key', 'ranked.year']) }} as record_id,
        ranked.source_id,
        ranked.record_key,
        ranked.year,
        ranked.year_basis,
        ranked.is_retracted,
        ranked.collected_on,
        ranked.submitted_at,
        ranked.received_name,
        ranked.inner_name,
        ranked.page_link,
        ranked.file_stem,
        ranked.address,
        ranked.postal_code,
        ranked.city,
        ranked.latitude,
        ranked.longitude,
        exports.format,
        coalesce(formats.strength, 0) as strength
    from ranked
    inner join exports on ranked.source_id = exports.source_id
    left join formats
        on
            exports.format = formats.format
            and coalesce(exports.text_form, '') = coalesce(formats.text_form, '')
    where ranked.receipt_rank = 1

)

select * from final
