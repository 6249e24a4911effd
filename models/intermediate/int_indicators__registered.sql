with

register as (

    select * from {{ ref('int_register__placed') }}

),

campaigns as (

    select * from {{ ref('dim_campaign') }}

),

-- Of a site that moved within the year, one place counts.
final as (

    select
        register.project_id,
        campaigns.year,
        max(register.commune_code) as commune_code,
        max(register.department_code) as department_code,
        max(register.region_code) as region_code,
        max(register.commune_size) as commune_size,
        max(register.legal_status) as legal_status,
        max(register.priority_district) as priority_district
    from register
    cross join campaigns
    where
        campaigns.year >= coalesce(left(register.active_from, 4)::integer, campaigns.year)
        and campaigns.year <= coalesce(left(register.active_to, 4)::integer, campaigns.year)
    group by register.project_id, campaigns.year

)

select * from final
