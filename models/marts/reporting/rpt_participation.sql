with

records as (

    select * from {{ ref('int_records__identified') }}

),

evaluations as (

    select * from {{ ref('fct_evaluation') }}

),

formats as (

    select * from {{ ref('formats') }}
    where text_form is null

),

followed as (

    select
        evaluations.evaluation_id,
        before.evaluation_id is not null as is_matched
    from evaluations
    left join evaluations as before
        on evaluations.project_id = before.project_id and evaluations.year = before.year + 1

),

-- Each record counts under its format and under the whole year.
listed as (

    select
        records.*,
        followed.is_matched,
        records.format as counted_format
    from records
    inner join followed on records.evaluation_id = followed.evaluation_id
    union all
    select
        records.*,
        followed.is_matched,
        'all' as counted_format
    from records
    inner join followed on records.evaluation_id = followed.evaluation_id

),

counted as (
    select
        year,
        counted_format as format,
        count(distinct source_id)::integer as export_count,
        count(*)::integer as record_count,
        count(distinct evaluation_id)::integer as evaluation_count,
        count(distinct project_id)::integer as project_count,
        count(distinct case when is_matched then project_id end)::integer as matched_count
    from listed
    group by year, counted_format

),

final as (

    select
        counted.year,
        counted.format,
        formats.label_fr,
        formats.label_en,
        counted.export_count,
        counted.record_count,
        counted.evaluation_count,
        counted.project_count,
        counted.matched_count
    from counted
    left join formats on counted.format = formats.format

)

select * from final
