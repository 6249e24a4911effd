with

asked as (

    select * from {{ ref('int_environment__asked') }}

),

observations as (

    select * from {{ ref('fct_observation') }}
    where question_id in (select asked.question_id from asked)

),

lists as (

    select * from {{ ref('int_environment__lists') }}

),

graded as (

    select * from {{ ref('int_environment__graded') }}

),

chosen as (

    select
        evaluation_id,
        question_id,
        count(*) as choice_count,
        count(answer_id) as known_count,
        min(answer_id) as answer_id
    from observations
    group by evaluation_id, question_id

),

judged as (

    select
        asked.*,
        asked.state = 'answered'
        and asked.kind = 'single'
        and chosen.choice_count = 1
        and graded.points is null
        and lists.is_selective is true as is_removed,
        case
            when asked.state <> 'answered' then null
            when asked.kind = 'multiple' and chosen.known_count = chosen.choice_count
                then case when chosen.choice_count * 2 >= lists.proposed_count then 1 else 0 end
            when asked.kind = 'single' and chosen.choice_count = 1 then graded.points
        end as points
    from asked
    left join chosen on asked.evaluation_id = chosen.evaluation_id and asked.question_id = chosen.question_id
    left join lists on asked.answer_list = lists.answer_list
    left join graded on asked.answer_list = graded.answer_list and chosen.answer_id = graded.answer_id

),

final as (

    select
        evaluation_id,
        project_id,
        year,
        category_id,
        question_id,
        axis_id,
        sub_axis_id,
        weight,
        state,
        points::double as points,
        is_filtered,
        is_removed,
        state = 'answered' and points is null and not is_removed as is_unscored
    from judged

)

select * from final
