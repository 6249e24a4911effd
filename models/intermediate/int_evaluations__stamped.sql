{{ config(enabled=target.type == 'duckdb') }}

{#- All that an evaluation's facts are made of, in one hash: records, exports, decisions, and the models themselves. -#}
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

decided as (

    select
        project_key,
        year,
        {{ join_texts("coalesce(correction_id, '') || '|' || coalesce(expect, '') || '|' || coalesce(state, '') || '|' || coalesce(answer, '')", 'correction_id', '|') }} as decisions
    from corrections
    group by project_key, year

),

rested as (

    select
        records.evaluation_id,
        min(records.project_key) as project_key,
        min(records.year) as year,
        {{ join_texts("records.record_id || '|' || records.source_id || '|' || records.record_key || '|' || coalesce(loaded.stored_sha256, '')", 'records.record_rank', '|') }} as records
    from records
    left join loaded on records.source_id = loaded.source_id
    group by records.evaluation_id

),

final as (

    select
        rested.evaluation_id,
        {{ hash_key(['rested.records', "coalesce(decided.decisions, '')", "'" ~ code_stamp() ~ "'"]) }} as stamp
    from rested
    left join decided on rested.project_key = decided.project_key and rested.year = decided.year

)

select * from final
