{{ config(
    materialized='incremental' if target.type == 'duckdb' else 'table',
    incremental_strategy='append',
    on_schema_change='fail',
    tags=['by_year'],
    pre_hook="{{ delete_years() }}"
) }}

with

effects as (

    select distinct
        observations.evaluation_id,
        observations.question_id
    from {{ ref('fct_observation') }} as observations
    left join {{ ref('stg_codebook__answers') }} as answers
        on observations.answer_key = answers.answer_key
    where not coalesce(answers.is_no, false) and {{ in_touched_years('observations.year') }}

),

choices as (

    select
        responses.evaluation_id,
        responses.project_id,
        responses.year,
        responses.category_id,
        responses.state,
        questions.role,
        effects.evaluation_id is not null as has_effect
    from {{ ref('fct_response') }} as responses
    inner join {{ ref('stg_codebook__questions') }} as questions
        on responses.question_id = questions.question_id
    inner join {{ ref('categories') }} as categories
        on questions.category_id = categories.category_id
    left join effects
        on responses.evaluation_id = effects.evaluation_id and responses.question_id = effects.question_id
    where
        questions.form = 'social'
        and categories.criterion_number <= 12
        and questions.kind in ('single', 'multiple')
        and {{ in_touched_years('responses.year') }}

),

-- Where none is observed, a criterion may still hide an effect behind a choice without an answer; what kind
-- of effect it was (role `kind`) is only asked of those that had one.
final as (

    select
        evaluation_id,
        project_id,
        year,
        category_id,
        bool_or(state = 'answered') as is_answered,
        bool_or(has_effect) as has_effect,
        bool_or(state <> 'answered' and role <> 'kind') as is_open
    from choices
    group by evaluation_id, project_id, year, category_id

)

select * from final
