{{ config(enabled=target.type == 'duckdb', materialized='table', post_hook="{{ mark_sites() }}") }}

with

stamped as (

    select * from {{ ref('int_sites__stamped') }}

),

built as (

    select * from raw.built_sites

),

years as (

    select * from {{ ref('int_years__touched') }}

),

final as (

    select
        stamped.evaluation_id,
        stamped.project_id,
        stamped.year
    from stamped
    inner join years on stamped.year = years.year
    left join built on stamped.evaluation_id = built.evaluation_id and {{ is_as_built('stamped', 'built') }}
    where built.evaluation_id is null or {{ builds_all('by_year') }}

)

select * from final
