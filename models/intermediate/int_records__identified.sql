{{ config(materialized='table') }}

with

records as (

    select * from {{ ref('int_records__dated') }}

),

assigned as (

    select * from {{ ref('int_records__assigned') }}

),

excluded as (

    select * from {{ ref('int_records__excluded') }}

),

final as (

    select
        records.record_id,
        records.source_id,
        records.record_key,
        assigned.evaluation_id,
        assigned.project_id,
        assigned.project_key,
        assigned.project_name,
        assigned.project_basis,
        assigned.basis_rank,
        records.year,
        records.year_basis,
        records.collected_on,
        records.submitted_at,
        records.address,
        records.postal_code,
        records.city,
        {{ hash_key(["coalesce(records.postal_code, '')", "coalesce(records.city, '')"]) }} as address_key,
        records.latitude,
        records.longitude,
        records.format,
        records.strength,
        row_number() over (
            partition by assigned.evaluation_id
            order by
                records.strength desc,
                records.collected_on desc nulls last,
                records.source_id desc,
                records.submitted_at desc nulls last,
                records.record_key desc
        )::integer as record_rank
    from records
    inner join assigned on records.record_id = assigned.record_id
    left join excluded on records.record_id = excluded.record_id
    where excluded.record_id is null

)

select * from final
