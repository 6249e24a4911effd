with

records as (

    select * from {{ ref('int_records__dated') }}

),

-- Only records that stand belong to a project.
identified as (

    select * from {{ ref('int_records__identified') }}

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
        records.is_retracted
    from records
    left join identified on records.record_id = identified.record_id

)

select * from final
