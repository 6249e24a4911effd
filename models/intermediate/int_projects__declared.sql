with

projects as (

    select distinct project_id from {{ ref('fct_evaluation') }}

),

observations as (

    select * from {{ ref('fct_observation') }}

),

answers as (

    select * from {{ ref('stg_codebook__answers') }}

),

statuses as (

    select
        observations.project_id,
        {{ join_texts('coalesce(answers.label_fr, observations.raw_label)', 'observations.ordinal') }}
            as legal_status,
        row_number() over (partition by observations.project_id order by observations.year desc) as year_rank
    from observations
    left join answers on observations.answer_key = answers.answer_key
    where observations.question_id = 'status'
    group by observations.project_id, observations.year

),

openings as (

    select
        project_id,
        try_cast(value_text as date) as opened_on,
        row_number() over (partition by project_id order by year desc, ordinal asc) as year_rank
    from observations
    where question_id = 'presentation.date_ouverture' and try_cast(value_text as date) is not null

),

final as (

    select
        projects.project_id,
        statuses.legal_status,
        openings.opened_on
    from projects
    left join statuses on projects.project_id = statuses.project_id and statuses.year_rank = 1
    left join openings on projects.project_id = openings.project_id and openings.year_rank = 1

)

select * from final
