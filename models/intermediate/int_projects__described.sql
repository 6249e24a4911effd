with

records as (

    select * from {{ ref('int_records__identified') }}

),

-- A name that a person wrote before one made by a machine, and a spelling that is not all capitals.
names as (

    select
        project_id,
        trim(project_name) as name,
        row_number() over (
            partition by project_id
            order by
                project_basis in ('manifest', 'inside') desc,
                project_name <> upper(project_name) desc,
                basis_rank asc,
                year desc,
                project_name asc
        ) as name_rank
    from records

),

-- An address is taken whole: from the latest record with a postal code, else from the latest that has any.
addresses as (

    select
        *,
        row_number() over (
            partition by project_id
            order by
                postal_code is not null desc,
                city is not null desc,
                year desc,
                record_rank asc
        ) as address_rank
    from records
    where coalesce(postal_code, city, address) is not null

),

positions as (

    select
        *,
        row_number() over (
            partition by project_id
            order by year desc, record_rank asc
        ) as position_rank
    from records
    where latitude is not null and longitude is not null

),

final as (

    select
        names.project_id,
        names.name,
        addresses.address,
        addresses.address_key,
        addresses.city,
        positions.latitude,
        positions.longitude
    from names
    left join addresses on names.project_id = addresses.project_id and addresses.address_rank = 1
    left join positions on names.project_id = positions.project_id and positions.position_rank = 1
    where names.name_rank = 1

)

select * from final
