{{ config(enabled=target.type == 'duckdb', materialized='table') }}

{#- All that an evaluation's facts are made of, in one hash; `code_stamp` stands for the models and seeds. -#}
with

records as (

    select * from {{ ref('int_records__identified') }}

),

loaded as (

    select * from raw.loaded

),

corrections as (

    select * from {{ ref('int_corrections__listed') }}
    where target = 'response'

),

decisions as (

    select
        project_key,
        year,
        correction_id,
        correction_id || '|' || coalesce(expect, '') || '|' || coalesce(state, '') || '|'
        || coalesce(answer, '') as decision
    from corrections

),

decided as (

    select
        project_key,
        year,
        {{ join_texts('decision', 'correction_id', '|') }} as decisions
    from decisions
    group by project_key, year

),

stored as (

    select
        records.evaluation_id,
        records.project_key,
        records.year,
        records.record_rank,
        records.record_id || '|' || records.source_id || '|' || records.record_key || '|'
        || coalesce(loaded.stored_sha256, '') as record
    from records
    left join loaded on records.source_id = loaded.source_id

),

rested as (

    select
        evaluation_id,
        min(project_key) as project_key,
        min(year) as year,
        {{ join_texts('record', 'record_rank', '|') }} as records
    from stored
    group by evaluation_id

),

final as (

    select
        rested.evaluation_id,
        rested.year,
        {{ hash_key([
            'rested.records',
            "coalesce(decided.decisions, '')",
            "'" ~ code_stamp() ~ "'",
        ]) }} as stamp
    from rested
    left join decided on rested.project_key = decided.project_key and rested.year = decided.year

)

select * from final
