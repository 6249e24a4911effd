with

coded as (

    select * from {{ ref('int_addresses__coded') }}

),

postal_codes as (

    select * from {{ ref('postal_codes') }}

),

departments as (

    select * from {{ ref('departments') }}

),

served as (

    select
        coded.address_key,
        postal_codes.commune_code,
        postal_codes.department_code,
        coalesce({{ commune_key('postal_codes.commune') }} = coded.city_key, false) as is_named
    from coded
    inner join postal_codes on coded.code = postal_codes.postal_code

),

by_postal_code as (

    select
        address_key,
        max(case when is_named then commune_code end) as named_commune_code,
        max(case when is_named then department_code end) as named_department_code,
        case when count(distinct commune_code) = 1 then min(commune_code) end as commune_code,
        case when count(distinct department_code) = 1 then min(department_code) end as department_code
    from served
    group by address_key

),

-- Some write a commune's INSEE code for its postal code; a city that says otherwise (CEDEX, say) wins.
by_insee_code as (

    select distinct
        coded.address_key,
        postal_codes.commune_code,
        postal_codes.department_code
    from coded
    inner join postal_codes on coded.code = postal_codes.commune_code
    where coalesce(coded.city_key, '') = '' or coded.city_key = {{ commune_key('postal_codes.commune') }}

),

by_prefix as (

    select
        coded.address_key,
        departments.department_code
    from coded
    inner join departments on {{ department_prefix('coded.code') }} = departments.department_code

),

final as (

    select
        coded.address_key,
        coalesce(coded.code, coded.written_code) as postal_code,
        coalesce(
            by_postal_code.named_commune_code, by_postal_code.commune_code, by_insee_code.commune_code
        ) as commune_code,
        coalesce(
            by_postal_code.named_department_code,
            by_postal_code.department_code,
            by_insee_code.department_code,
            by_prefix.department_code
        ) as department_code,
        case
            when coded.is_mended and by_prefix.department_code is not null then 'mended-' else ''
        end || case
            when by_postal_code.named_commune_code is not null then 'commune'
            when by_postal_code.department_code is not null then 'postal_code'
            when by_insee_code.commune_code is not null then 'insee_code'
            when by_prefix.department_code is not null then 'prefix'
            else 'none'
        end as geo_precision
    from coded
    left join by_postal_code on coded.address_key = by_postal_code.address_key
    left join by_insee_code
        on coded.address_key = by_insee_code.address_key and by_postal_code.address_key is null
    left join by_prefix on coded.address_key = by_prefix.address_key

)

select * from final
