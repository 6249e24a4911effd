with

records as (

    select * from {{ ref('int_records__dated') }}

),

-- Only records that stand belong to a project.
identified as (

    select * from {{ ref('int_records__identified') }}

),

excluded as (

    select * from {{ ref('int_records__excluded') }}

),

final as (

    select
        records.record_id,
        records.source_id,
        records.record_key,
        identified.evaluation_id,
        identified.project_id,
        identified.project_name,
        records.year,
        records.year_basis,
        identified.project_basis,
        records.submitted_at,
        records.is_retracted,
        excluded.record_id is not null as is_excluded
    from records
    left join identified on records.record_id = identified.record_id
    left join excluded on records.record_id = excluded.record_id

)

select * from final
