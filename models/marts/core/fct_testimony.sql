{{ config(
    materialized='incremental' if target.type == 'duckdb' else 'table',
    incremental_strategy='append',
    on_schema_change='fail',
    tags=['by_evaluation'],
    pre_hook="{{ delete_touched() }}"
) }}

with

responses as (

    select * from {{ ref('fct_response') }}
    where state = 'answered' and {{ in_touched_evaluations() }}

),

records as (

    select * from {{ ref('int_records__touched') }}

),

said as (

    select * from {{ ref('stg_raw__testimonies') }}

),

corrected as (

    select * from {{ ref('int_corrections__answered') }}

),

told as (

    {{ said_or_corrected(['text', 'is_truncated'], is_text=true) }}

),

final as (

    select
        {{ hash_key(['told.said_by', 'told.question_id']) }} as testimony_id,
        responses.evaluation_id,
        responses.project_id,
        responses.year,
        responses.category_id,
        responses.question_id,
        told.text,
        told.is_truncated,
        {{ is_placeholder('told.text') }} as is_placeholder,
        responses.is_corrected,
        responses.record_id,
        responses.source_id,
        told.source_start,
        told.source_end,
        told.source_pointer
    from responses
    inner join told
        on
            coalesce(responses.correction_id, responses.record_id) = told.said_by
            and responses.question_id = told.question_id

)

select * from final
