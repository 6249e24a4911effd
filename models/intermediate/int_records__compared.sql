with

identified as (

    select * from {{ ref('int_records__identified') }}

),

several as (

    select evaluation_id
    from identified
    group by evaluation_id
    having count(*) > 1

),

corrected as (

    select distinct
        project_key,
        year
    from {{ ref('int_corrections__listed') }}
    where question_id is not null

),

final as (

    select
        identified.source_id,
        identified.record_key,
        identified.record_id
    from identified
    left join several on identified.evaluation_id = several.evaluation_id
    left join corrected on identified.project_key = corrected.project_key and identified.year = corrected.year
    where several.evaluation_id is not null or corrected.project_key is not null

)

select * from final
