-- Sites whose records contradict each other: how often, about what, in which files. A site with many is
-- worth a call: two people may have filled the questionnaire, or a file may be another site's.
with

contradictions as (

    select * from {{ ref('qc_contradictions') }}

),

projects as (

    select
        project_id,
        name
    from {{ ref('dim_project') }}

),

compared as (

    select
        evaluation_id,
        count(distinct question_id) as compared_count
    from {{ ref('fct_response_record') }}
    where state in ('answered', 'blank')
    group by evaluation_id

),

listed as (

    select distinct
        evaluation_id,
        question_id
    from contradictions

),

questions as (

    select
        evaluation_id,
        {{ join_texts('question_id', 'question_id') }} as question_ids
    from listed
    group by evaluation_id

),

final as (

    select
        contradictions.evaluation_id,
        projects.name,
        count(distinct contradictions.question_id) as question_count,
        count(
            distinct case when contradictions.reason = 'different-answers' then contradictions.question_id end
        )
            as different_count,
        count(distinct case when contradictions.is_corrected then contradictions.question_id end)
            as corrected_count,
        max(compared.compared_count) as compared_count,
        max(questions.question_ids) as question_ids,
        min(contradictions.format) as one_format,
        min(contradictions.other_format) as other_format
    from contradictions
    inner join projects on contradictions.project_id = projects.project_id
    inner join questions on contradictions.evaluation_id = questions.evaluation_id
    inner join compared on contradictions.evaluation_id = compared.evaluation_id
    group by contradictions.evaluation_id, projects.name

)

select * from final
order by question_count desc, evaluation_id asc
