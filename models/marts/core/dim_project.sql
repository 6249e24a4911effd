with

projects as (

    select * from {{ ref('int_projects__described') }}

),

addresses as (

    select * from {{ ref('int_addresses__located') }}

),

departments as (

    select * from {{ ref('departments') }}

),

regions as (

    select * from {{ ref('regions') }}

),

evaluations as (

    select
        project_id,
        min(year) as first_year,
        max(year) as last_year,
        count(*)::integer as evaluation_count
    from {{ ref('fct_evaluation') }}
    group by project_id

),

declared as (

    select * from {{ ref('int_projects__declared') }}

),

final as (

    select
        projects.project_id,
        projects.name,
        declared.legal_status,
        projects.address,
        addresses.postal_code,
        projects.city,
        addresses.commune_code,
        addresses.department_code,
        departments.department,
        departments.region_code,
        regions.region,
        projects.latitude,
        projects.longitude,
        coalesce(addresses.geo_precision, 'none') as geo_precision,
        declared.opened_on,
        evaluations.first_year,
        evaluations.last_year,
        evaluations.evaluation_count
    from projects
    inner join evaluations on projects.project_id = evaluations.project_id
    left join addresses on projects.address_key = addresses.address_key
    left join departments on addresses.department_code = departments.department_code
    left join regions on departments.region_code = regions.region_code
    left join declared on projects.project_id = declared.project_id

)

select * from final
