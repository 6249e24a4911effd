with

corrections as (

    select * from {{ ref('int_corrections__listed') }}

),

records as (

    select * from {{ ref('int_records__assigned') }}

),

final as (

    select records.record_id
    from records
    inner join corrections on records.record_id = corrections.record_id
    where corrections.target = 'record'
    union
    select records.record_id
    from records
    inner join corrections
        on records.project_key = corrections.project_key and records.year = corrections.year
    where corrections.target = 'evaluation'

)

select * from final
