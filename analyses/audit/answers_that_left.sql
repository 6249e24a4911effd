-- Answers that a site gave, did not give the year after, and gave again: a real coming and going, or a
-- file that was read or filled in otherwise in the middle. Only where the question was answered all three
-- times.
with

answered as (

    select
        evaluation_id,
        project_id,
        year,
        question_id
    from {{ ref('fct_response') }}
    where state = 'answered'

),

chosen as (

    select distinct
        evaluation_id,
        question_id,
        answer_id
    from {{ ref('fct_observation') }}
    where answer_id is not null

),

final as (

    select
        one.project_id,
        one.question_id,
        chosen.answer_id,
        one.year as first_year,
        two.year as year_without,
        three.year as year_again
    from chosen
    inner join answered as one
        on chosen.evaluation_id = one.evaluation_id and chosen.question_id = one.question_id
    inner join answered as two
        on one.project_id = two.project_id and one.question_id = two.question_id and one.year + 1 = two.year
    inner join answered as three
        on
            one.project_id = three.project_id
            and one.question_id = three.question_id
            and one.year + 2 = three.year
    inner join chosen as again
        on
            three.evaluation_id = again.evaluation_id
            and three.question_id = again.question_id
            and chosen.answer_id = again.answer_id
    left join chosen as between_them
        on
            two.evaluation_id = between_them.evaluation_id
            and two.question_id = between_them.question_id
            and chosen.answer_id = between_them.answer_id
    where between_them.answer_id is null

)

select * from final
order by project_id, question_id, answer_id, first_year
