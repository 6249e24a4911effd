with

doubts as (

    select * from {{ ref('stg_raw__doubts') }}

),

sources as (

    select * from {{ ref('dim_source') }}

),

final as (

    select
        doubts.source_id,
        sources.path,
        doubts.row_count,
        doubts.expectation as reason,
        doubts.detail,
        doubts.remedy
    from doubts
    inner join sources on doubts.source_id = sources.source_id
    where not sources.is_retracted

)

select * from final
