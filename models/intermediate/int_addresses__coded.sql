with

records as (

    select * from {{ ref('int_records__identified') }}

),

written as (

    select distinct
        address_key,
        postal_code as written_code,
        city,
        upper({{ replace_all('postal_code', '[^0-9A-Za-z]', '') }}) as compact,
        {{ commune_key('city') }} as city_key
    from records
    where postal_code is not null

),

-- Read as a number, a code loses its leading zero.
final as (

    select
        *,
        regexp_extract(compact, '^[0-9]{4}$', 0) <> '' as is_mended,
        coalesce(
            '0' || nullif(regexp_extract(compact, '^[0-9]{4}$', 0), ''),
            nullif(regexp_extract(compact, '^([0-9]{2}|2[AB])[0-9]{3}$', 0), '')
        ) as code
    from written

)

select * from final
