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

    select * from {{ ref('stg_raw__observations') }}

),

questions as (

    select * from {{ ref('stg_codebook__questions') }}

),

answers as (

    select * from {{ ref('stg_codebook__answers') }}

),

corrected as (

    select * from {{ ref('int_corrections__answered') }}

),

observed as (

    {{ said_or_corrected(
        ['ordinal', 'answer_id', 'raw_label', 'match', 'value_number', 'value_text'], is_text=false
    ) }}

),

final as (

    select
        {{ hash_key(['observed.said_by', 'observed.question_id', 'observed.ordinal']) }} as observation_id,
        responses.evaluation_id,
        responses.project_id,
        responses.year,
        responses.category_id,
        responses.question_id,
        questions.answer_list || '/' || observed.answer_id as answer_key,
        observed.answer_id,
        observed.raw_label,
        observed.match,
        observed.value_number,
        observed.value_text,
        answers.polarity,
        responses.is_corrected,
        responses.record_id,
        responses.source_id,
        observed.ordinal,
        observed.source_start,
        observed.source_end,
        observed.source_pointer
    from responses
    inner join observed
        on
            coalesce(responses.correction_id, responses.record_id) = observed.said_by
            and responses.question_id = observed.question_id
    inner join questions on responses.question_id = questions.question_id
    left join answers
        on
            questions.answer_list = answers.answer_list
            and observed.answer_id = answers.answer_id

)

select * from final
