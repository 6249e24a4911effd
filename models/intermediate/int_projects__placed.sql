with

projects as (

    select * from {{ ref('dim_project') }}

),

registered as (

    select * from {{ ref('int_indicators__registered') }}

),

-- A project that was evaluated has a place in every campaign: participation asks for the missing, too.
final as (

    select
        projects.project_id,
        campaigns.year
    from projects
    cross join {{ ref('dim_campaign') }} as campaigns
    union
    select
        project_id,
        year
    from registered

)

select * from final
