with

register as (

    select * from {{ ref('register') }}

),

projects as (

    select distinct
        project_id,
        project_key
    from {{ ref('int_records__identified') }}

),

campaigns as (

    select * from {{ ref('dim_campaign') }}

),

-- A project of the register is known by its slug, however it is spelled; one without exports keeps its own.
final as (

    select distinct
        coalesce(projects.project_id, register.project_id) as project_id,
        campaigns.year
    from register
    cross join campaigns
    left join projects on {{ project_key('register.project_id') }} = projects.project_key
    where
        campaigns.year >= coalesce(left(register.active_from, 4)::integer, campaigns.year)
        and campaigns.year <= coalesce(left(register.active_to, 4)::integer, campaigns.year)

)

select * from final
