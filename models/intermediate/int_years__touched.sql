{{ config(materialized='table', post_hook="{{ mark_years() }}") }}

{#- Only DuckDB builds by year; elsewhere all years are built anew. -#}
with

{% if target.type == 'duckdb' %}
    stamped as (

        select * from {{ ref('int_years__stamped') }}

    ),

    built as (

        select * from raw.built_years

    ),

    final as (

        select stamped.year
        from stamped
        left join built on stamped.year = built.year and stamped.stamp = built.stamp
        where built.year is null or {{ builds_all('by_year') }}

    )
{% else %}
    final as (

        select distinct year from {{ ref('int_indicators__memberships') }}

    )
{% endif %}

select * from final
