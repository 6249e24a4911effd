with

testimonies as (

    select * from {{ ref('int_testimonies__consented') }}
    where withheld_because is null

),

projects as (

    select * from {{ ref('dim_project') }}

),

questions as (

    select * from {{ ref('dim_question') }}

),

-- What a page cut ends in the middle of a word: the mark tells.
cut as (

    select
        *,
        case
            when is_truncated then {{ replace_all('text', '[\\s\\p{Z}.…]+$', '') }}
            else text
        end as told
    from testimonies

),

final as (

    select
        cut.testimony_id,
        cut.year,
        cut.category_id,
        cut.question_id,
        questions.label_fr as question_label_fr,
        questions.label_en as question_label_en,
        {{ mask_contacts('cut.told', is_cut='cut.is_truncated') }}
        || case when cut.is_truncated then ' […]' else '' end as text,
        cut.is_truncated,
        case when cut.may_be_named then cut.project_id end as project_id,
        case when cut.may_be_named then {{ mask_contacts('projects.name') }} end as project_name
    from cut
    inner join projects on cut.project_id = projects.project_id
    inner join questions on cut.question_id = questions.question_id

)

select * from final
