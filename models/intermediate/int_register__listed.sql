with

own as (

    select * from {{ ref('stg_raw__register') }}

),

seeded as (

    select * from {{ ref('register') }}

),

-- The file that effets.toml names; without one, the seed, which says nothing of places.
final as (

    select
        project_id,
        active_from,
        active_to,
        postal_code,
        city,
        commune_size,
        legal_status,
        priority_district
    from own
    union all
    select
        project_id,
        active_from,
        active_to,
        cast(null as {{ dbt.type_string() }}) as postal_code,
        cast(null as {{ dbt.type_string() }}) as city,
        cast(null as {{ dbt.type_string() }}) as commune_size,
        cast(null as {{ dbt.type_string() }}) as legal_status,
        cast(null as {{ dbt.type_string() }}) as priority_district
    from seeded
    where not exists (select 1 from own)

)

select * from final
