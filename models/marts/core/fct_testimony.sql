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

),

records as (

    select * from {{ ref('int_records__touched') }}

),

testimonies as (

    select * from {{ ref('stg_raw__testimonies') }}

),

corrected as (

    select * from {{ ref('int_corrections__answered') }}

),

told as (

    select
        records.record_id as said_by,
        testimonies.question_id,
        testimonies.text,
        testimonies.is_truncated,
        testimonies.source_start,
        testimonies.source_end,
        testimonies.source_pointer
    from records
    inner join testimonies
        on records.source_id = testimonies.source_id and records.record_key = testimonies.record_key
    union all
    select
        correction_id as said_by,
        question_id,
        text,
        false as is_truncated,
        null as source_start,
        null as source_end,
        null as source_pointer
    from corrected
    where text is not null

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
    where
        responses.state = 'answered'
        and responses.evaluation_id in (select records.evaluation_id from records)

)

select * from final
