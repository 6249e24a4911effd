{{ config(
    materialized='incremental' if target.type == 'duckdb' else 'table',
    incremental_strategy='append',
    on_schema_change='fail',
    tags=['by_evaluation'],
    pre_hook="{{ delete_touched(year=none) }}"
) }}

with

testimonies as (

    select * from {{ ref('fct_testimony') }}
    where length(text) >= 60 and {{ in_touched_evaluations() }}

),

final as (

    select
        testimony_id,
        evaluation_id,
        project_id,
        year,
        question_id,
        {{ hash_key([text_key('text')]) }} as text_key
    from testimonies

)

select * from final
