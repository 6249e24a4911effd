{{ config(
    materialized='incremental' if target.type == 'duckdb' else 'table',
    incremental_strategy='append',
    on_schema_change='fail',
    tags=['by_evaluation'],
    pre_hook="{{ delete_touched() }}"
) }}

with

records as (

    select * from {{ ref('int_records__touched') }}

),

forms as (

    select * from {{ ref('stg_raw__record_forms') }}

),

responses as (

    select * from {{ ref('fct_response') }}
    where {{ in_touched_evaluations() }}

),

evaluations as (

    select
        evaluation_id,
        project_id,
        year,
        count(*)::integer as record_count
    from records
    group by evaluation_id, project_id, year

),

carried as (

    select
        records.evaluation_id,
        bool_or(forms.form = 'social') as has_social,
        bool_or(forms.form = 'profile') as has_profile,
        bool_or(forms.form = 'environment') as has_environment,
        bool_or(forms.form = 'urban_project') as has_urban_project
    from records
    inner join forms on records.source_id = forms.source_id and records.record_key = forms.record_key
    group by records.evaluation_id

),

counted as (

    select
        evaluation_id,
        count(*) filter (where state <> 'not_asked') as asked_count,
        count(*) filter (where state = 'answered') as answered_count,
        count(*) filter (where state = 'blank') as blank_count,
        count(*) filter (where state = 'not_shown') as not_shown_count,
        count(*) filter (where state = 'ambiguous') as ambiguous_count,
        count(*) filter (where state = 'lost') as lost_count
    from responses
    group by evaluation_id

),

final as (

    select
        evaluations.evaluation_id,
        evaluations.project_id,
        evaluations.year,
        evaluations.record_count,
        coalesce(carried.has_social, false) as has_social,
        coalesce(carried.has_profile, false) as has_profile,
        coalesce(carried.has_environment, false) as has_environment,
        coalesce(carried.has_urban_project, false) as has_urban_project,
        coalesce(counted.asked_count, 0)::integer as asked_count,
        coalesce(counted.answered_count, 0)::integer as answered_count,
        coalesce(counted.blank_count, 0)::integer as blank_count,
        coalesce(counted.not_shown_count, 0)::integer as not_shown_count,
        coalesce(counted.ambiguous_count, 0)::integer as ambiguous_count,
        coalesce(counted.lost_count, 0)::integer as lost_count,
        counted.answered_count::double / nullif(counted.asked_count, 0) as completeness
    from evaluations
    left join carried on evaluations.evaluation_id = carried.evaluation_id
    left join counted on evaluations.evaluation_id = counted.evaluation_id

)

select * from final
