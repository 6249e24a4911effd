with

register as (

    select * from {{ ref('int_register__listed') }}

),

projects as (

    select distinct
        project_id,
        project_key
    from {{ ref('int_records__identified') }}

),

served as (

    select
        register.postal_code,
        register.city,
        postal_codes.commune_code,
        postal_codes.department_code,
        coalesce(
            {{ commune_key('postal_codes.commune') }} = {{ commune_key('register.city') }}, false
        ) as is_named
    from (
        select distinct
            postal_code,
            city
        from register
        where postal_code is not null
    ) as register
    inner join {{ ref('postal_codes') }} as postal_codes on register.postal_code = postal_codes.postal_code

),

-- The commune by its name, or the only one that the code serves; likewise the département.
addresses as (

    select
        postal_code,
        city,
        coalesce(
            max(case when is_named then commune_code end),
            case when count(distinct commune_code) = 1 then min(commune_code) end
        ) as commune_code,
        coalesce(
            max(case when is_named then department_code end),
            case when count(distinct department_code) = 1 then min(department_code) end
        ) as department_code
    from served
    group by postal_code, city

),

-- A project of the register is known by its slug, however it is spelled; one without exports keeps its own.
final as (

    select
        coalesce(projects.project_id, register.project_id) as project_id,
        register.active_from,
        register.active_to,
        addresses.commune_code,
        addresses.department_code,
        departments.region_code,
        register.commune_size,
        register.legal_status,
        register.priority_district
    from register
    left join projects on {{ project_key('register.project_id') }} = projects.project_key
    left join addresses
        on
            register.postal_code = addresses.postal_code
            and coalesce(register.city, '') = coalesce(addresses.city, '')
    left join {{ ref('departments') }} as departments
        on addresses.department_code = departments.department_code

)

select * from final
