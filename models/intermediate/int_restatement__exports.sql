with

before as (

    select * from {{ ref('stg_raw__published_sources') }}

),

reports as (

    select distinct report_year from before

),

receipts as (

    select
        source_id,
        bool_or(is_retracted) as is_retracted
    from {{ ref('stg_raw__receipts') }}
    group by source_id

),

rejections as (

    select * from {{ ref('stg_raw__rejections') }}

),

now as (

    select
        reports.report_year,
        records.year,
        records.source_id,
        count(*) as record_count
    from reports
    inner join {{ ref('dim_record') }} as records on reports.report_year >= records.year
    where not records.is_retracted
    group by reports.report_year, records.year, records.source_id

),

paired as (

    select
        coalesce(before.report_year, now.report_year) as report_year,
        coalesce(before.year, now.year) as year,
        coalesce(before.source_id, now.source_id) as source_id,
        before.record_count as before_count,
        now.record_count as now_count
    from before
    full join now
        on
            before.report_year = now.report_year
            and before.year = now.year
            and before.source_id = now.source_id

),

-- An export that speaks for another year stands on both sides; one that is in no list any more was forgotten;
-- what this version can no longer read is its own doing.
final as (

    select distinct
        paired.report_year,
        paired.year,
        case
            when moved.source_id is not null then 'redated'
            when paired.before_count is null then 'new_export'
            when receipts.is_retracted then 'retracted'
            when receipts.source_id is null and rejections.source_id is null then 'forgotten'
            when receipts.source_id is not null and paired.now_count < paired.before_count then 'forgotten'
            else 'software'
        end as cause
    from paired
    left join receipts on paired.source_id = receipts.source_id
    left join rejections on paired.source_id = rejections.source_id
    left join paired as moved
        on
            paired.report_year = moved.report_year
            and paired.source_id = moved.source_id
            and paired.year <> moved.year
            and (paired.before_count is null) <> (moved.before_count is null)
            and (paired.now_count is null) <> (moved.now_count is null)
    where paired.before_count is distinct from paired.now_count

)

select * from final
