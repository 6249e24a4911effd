{{ config(enabled=target.type == 'duckdb', materialized='table', post_hook="{{ mark_touched() }}") }}

with

stamped as (

    select * from {{ ref('int_evaluations__stamped') }}

),

built as (

    select * from raw.built_evaluations

),

final as (

    select
        stamped.evaluation_id,
        stamped.year,
        (row_number() over (order by stamped.year, stamped.evaluation_id) - 1) // {{ batch_size() }} as batch
    from stamped
    left join built on stamped.evaluation_id = built.evaluation_id and {{ is_as_built('stamped', 'built') }}
    where built.evaluation_id is null or {{ builds_all() }}

)

select * from final
