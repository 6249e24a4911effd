{{ config(
    materialized='incremental' if target.type == 'duckdb' else 'table',
    incremental_strategy='append',
    on_schema_change='fail',
    tags=['by_evaluation'],
    pre_hook="{{ delete_touched() }}"
) }}

with

responses as (

    select * from {{ ref('fct_response_record') }}
    where is_chosen and {{ in_touched_evaluations() }}

),

corrections as (

    select * from {{ ref('int_corrections__checked') }}
    where target = 'response' and status = 'applied'

),

final as (

    select
        responses.evaluation_id,
        responses.project_id,
        responses.year,
        responses.question_id,
        responses.category_id,
        coalesce(corrections.state, responses.state) as state,
        case when corrections.correction_id is null then responses.candidate_answer_ids end
            as candidate_answer_ids,
        responses.record_id,
        responses.source_id,
        corrections.correction_id is not null as is_corrected,
        corrections.correction_id
    from responses
    left join corrections
        on
            responses.evaluation_id = corrections.evaluation_id
            and responses.question_id = corrections.question_id

)

select * from final
