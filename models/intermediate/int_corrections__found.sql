with

corrections as (

    select * from {{ ref('int_corrections__listed') }}

),

names as (

    select distinct {{ project_key('slug') }} as slug_key
    from {{ ref('int_records__named') }}

),

received as (

    select * from {{ ref('int_records__assigned') }}

),

standing as (

    select distinct
        project_key,
        evaluation_id,
        year
    from {{ ref('int_records__identified') }}

),

sites as (

    select distinct project_key
    from {{ ref('int_records__identified') }}

),

evaluations as (

    select
        project_key,
        year,
        min(evaluation_id) as evaluation_id,
        count(*) as record_count
    from received
    group by project_key, year

),

-- Of the years in question: what lies by year is then not read of the others.
responses as (

    select * from {{ ref('fct_response_record') }}
    where is_chosen and year in (select corrections.year from corrections)

),

answers as (

    select * from {{ ref('int_answers__summarised') }}

),

-- What a correction speaks of, before it: is it there, and what does it say?
final as (

    select
        corrections.*,
        case corrections.target
            when 'record' then records.evaluation_id
            when 'evaluation' then evaluations.evaluation_id
            else standing.evaluation_id
        end as evaluation_id,
        case corrections.target
            when 'alias' then names.slug_key is not null
            when 'record' then records.record_id is not null
            when 'evaluation' then evaluations.record_count is not null
            when 'consent'
                then
                    standing.evaluation_id is not null
                    or (corrections.year is null and sites.project_key is not null)
            else standing.evaluation_id is not null
        end as is_there,
        case
            when corrections.target = 'evaluation' then evaluations.record_count::string
            when corrections.target = 'consent' then null
            when responses.state = 'answered' then answers.answer
            else responses.state
        end as found
    from corrections
    left join names on corrections.project_key = names.slug_key
    left join sites on corrections.project_key = sites.project_key
    left join received as records on corrections.record_id = records.record_id
    left join evaluations
        on corrections.project_key = evaluations.project_key and corrections.year = evaluations.year
    left join standing
        on corrections.project_key = standing.project_key and corrections.year = standing.year
    left join responses
        on
            standing.evaluation_id = responses.evaluation_id
            and corrections.question_id = responses.question_id
    left join answers
        on responses.record_id = answers.record_id and responses.question_id = answers.question_id

)

select * from final -- noqa: AM04
