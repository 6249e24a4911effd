-- Coverage by question and year: of the evaluations that were asked, how many say something that can be
-- counted, and why the others do not.
with

responses as (

    select * from {{ ref('fct_response') }}

),

questions as (

    select
        question_id,
        form,
        category_id,
        position,
        label_fr
    from {{ ref('dim_question') }}

),

counted as (

    select
        year,
        question_id,
        count(*) as evaluation_count,
        count(case when state <> 'not_asked' then 1 end) as asked_count,
        count(case when state = 'answered' then 1 end) as answered_count,
        count(case when state = 'blank' then 1 end) as blank_count,
        count(case when state = 'ambiguous' then 1 end) as ambiguous_count,
        count(case when state = 'lost' then 1 end) as lost_count,
        count(case when state = 'not_shown' then 1 end) as not_shown_count
    from responses
    group by year, question_id

),

final as (

    select
        questions.form,
        questions.category_id,
        questions.question_id,
        questions.label_fr,
        counted.year,
        counted.evaluation_count,
        counted.asked_count,
        counted.answered_count,
        counted.blank_count,
        counted.ambiguous_count,
        counted.lost_count,
        counted.not_shown_count,
        -- Null, not 0, where nobody was asked.
        counted.answered_count / nullif(counted.asked_count, 0) as coverage,
        questions.position
    from counted
    inner join questions on counted.question_id = questions.question_id

)

select * from final
order by form, category_id, position, question_id, year
