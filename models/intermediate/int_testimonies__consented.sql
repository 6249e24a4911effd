{{ config(materialized='table') }}

with

testimonies as (

    select * from {{ ref('fct_testimony') }}

),

evaluations as (

    select distinct
        evaluation_id,
        project_key
    from {{ ref('int_records__identified') }}

),

letters as (

    select * from {{ ref('int_projects__spelled') }}

),

consents as (

    select
        {{ project_key('project_id') }} as project_key,
        year,
        question_id,
        may_be_named
    from {{ ref('publication_consent') }}

),

-- Of several consents, the one that speaks of the least decides.
covered as (

    select
        testimonies.testimony_id,
        testimonies.evaluation_id,
        testimonies.project_id,
        testimonies.year,
        testimonies.category_id,
        testimonies.question_id,
        testimonies.text,
        testimonies.is_truncated,
        testimonies.is_placeholder,
        consents.may_be_named,
        row_number() over (
            partition by testimonies.testimony_id
            order by
                consents.question_id is not null desc,
                consents.year is not null desc,
                consents.may_be_named asc
        ) as consent_rank
    from testimonies
    inner join evaluations on testimonies.evaluation_id = evaluations.evaluation_id
    inner join consents
        on
            evaluations.project_key = consents.project_key
            and (consents.year is null or testimonies.year = consents.year)
            and (consents.question_id is null or testimonies.question_id = consents.question_id)

),

told as (

    select
        testimony_id,
        project_id,
        {{ replace_all(text_key('text'), ' ', '') }} as text_letters
    from covered

),

naming as (

    select distinct told.testimony_id
    from told
    inner join letters on told.project_id = letters.project_id
    where length(letters.name_letters) > 2 and position(letters.name_letters in told.text_letters) > 0

),

final as (

    select
        covered.testimony_id,
        covered.evaluation_id,
        covered.project_id,
        covered.year,
        covered.category_id,
        covered.question_id,
        covered.text,
        covered.is_truncated,
        covered.may_be_named,
        case
            when covered.is_placeholder then 'nothing-told'
            when not covered.may_be_named and naming.testimony_id is not null then 'names-the-site'
        end as withheld_because
    from covered
    left join naming on covered.testimony_id = naming.testimony_id
    where covered.consent_rank = 1

)

select * from final
