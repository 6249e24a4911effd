{{ config(
    materialized='incremental' if target.type == 'duckdb' else 'table',
    incremental_strategy='append',
    on_schema_change='fail',
    tags=['by_evaluation'],
    pre_hook="{{ delete_touched() }}"
) }}

with

responses as (

    select * from {{ ref('int_responses__resolved') }}

),

final as (

    select
        evaluation_id,
        project_id,
        year,
        question_id,
        category_id,
        state,
        candidate_answer_ids,
        record_id,
        source_id,
        is_chosen
    from responses

)

select * from final
