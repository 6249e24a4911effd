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

    evaluations as (

        select
            year,
            count(*) as evaluation_count
        from {{ ref('int_evaluations__stamped') }}
        group by year

    ),

    -- A batch of years ends with the one that fills it.
    final as (

        select
            stamped.year,
            (
                sum(coalesce(evaluations.evaluation_count, 0)) over (order by stamped.year)
                - coalesce(evaluations.evaluation_count, 0)
            ) // {{ batch_size() }} as batch
        from stamped
        left join evaluations on stamped.year = evaluations.year
        left join built on stamped.year = built.year and {{ is_as_built('stamped', 'built') }}
        where built.year is null or {{ builds_all('by_year') }}

    )
{% else %}
    final as (

        select distinct year from {{ ref('fct_scope_member') }}

    )
{% endif %}

select * from final
