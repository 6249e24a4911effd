with

records as (

    select * from {{ ref('int_records__identified') }}

),

refusals as (

    select
        year,
        count(*)::integer as declined_count
    from {{ ref('int_corrections__checked') }}
    where target = 'non_response' and status = 'applied'
    group by year

),

campaigns as (

    select
        year,
        count(distinct evaluation_id)::integer as evaluation_count,
        count(distinct source_id)::integer as export_count
    from records
    group by year

),

final as (

    select
        campaigns.year,
        campaigns.evaluation_count,
        campaigns.export_count,
        coalesce(refusals.declined_count, 0) as declined_count
    from campaigns
    left join refusals on campaigns.year = refusals.year

)

select * from final
