with

sites as (

    select * from {{ ref('int_projects__placed') }}

),

registered as (

    select * from {{ ref('int_indicators__registered') }}

),

projects as (

    select * from {{ ref('dim_project') }}

),

observations as (

    select * from {{ ref('fct_observation') }}

),

communes as (

    select * from {{ ref('int_communes__sized') }}

),

-- The latest profile that answers speaks for all years: a site is in one group on both sides of a change.
declared as (

    select distinct
        project_id,
        case question_id when 'status' then 'legal_status' else 'thematique' end as scope_type,
        coalesce(answer_id, 'unmapped') as scope_id,
        rank() over (partition by project_id, question_id order by year desc) as year_rank
    from observations
    where question_id in ('status', 'presentation.thematiques')

),

types as (

    select
        {{ explode(
            split_parts("'network|site|region|department|commune_size|opening_age|legal_status|thematique'")
        ) }} as scope_type

),

final as (

    select
        sites.project_id,
        sites.year,
        types.scope_type,
        case types.scope_type
            when 'network' then 'network'
            when 'site' then sites.project_id
            when 'region' then coalesce(projects.region_code, registered.region_code)
            when 'department' then coalesce(projects.department_code, registered.department_code)
            when 'commune_size' then coalesce(communes.commune_size, registered.commune_size)
            when 'opening_age'
                then
                    case
                        when sites.year - year(projects.opened_on) < 3 then '0-2'
                        when sites.year - year(projects.opened_on) < 6 then '3-5'
                        when sites.year - year(projects.opened_on) < 11 then '6-10'
                        when projects.opened_on is not null then '11+'
                    end
            when 'legal_status' then coalesce(declared.scope_id, registered.legal_status)
            else declared.scope_id
        end as scope_id
    from sites
    cross join types
    left join projects on sites.project_id = projects.project_id
    left join registered on sites.project_id = registered.project_id and sites.year = registered.year
    left join communes on coalesce(projects.commune_code, registered.commune_code) = communes.commune_code
    left join declared
        on
            sites.project_id = declared.project_id
            and types.scope_type = declared.scope_type
            and declared.year_rank = 1

)

select * from final
