with

responses as (

    select * from {{ ref('fct_response') }}

),

observations as (

    select * from {{ ref('fct_observation') }}

),

questions as (

    select * from {{ ref('stg_codebook__questions') }}

),

answers as (

    select * from {{ ref('stg_codebook__answers') }}

),

points as (

    select * from {{ ref('environment_points') }}

),

asked as (

    select
        responses.evaluation_id,
        responses.project_id,
        responses.year,
        responses.category_id,
        responses.question_id,
        responses.state,
        questions.kind,
        questions.answer_list,
        questions.axis as axis_id,
        questions.sub_axis as sub_axis_id,
        questions.weight,
        questions.filter_question_id
    from responses
    inner join questions on responses.question_id = questions.question_id
    where questions.form = 'environment' and questions.weight is not null

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

-- Filters that say no: what they open is not asked.
shut as (

    select distinct
        evaluation_id,
        question_id
    from observations
    where answer_id = 'non'

),

proposed as (

    select
        answer_list,
        count(*) as proposed_count
    from answers
    group by answer_list

),

-- Lists of which an answer without points of its own takes the question out of the score.
selective as (

    select answer_list from points
    where answer_id = '*' and points is null

),

laid_down as (

    select distinct answer_list from points
    where answer_list is not null

),

-- What a choice gives: the points laid down for it; in short lists of which nothing is laid down, those of
-- its rank.
graded as (

    select
        answers.answer_list,
        answers.answer_id,
        coalesce(own.points, ranked.points) as points
    from answers
    inner join proposed on answers.answer_list = proposed.answer_list
    left join laid_down on answers.answer_list = laid_down.answer_list
    left join points as own on answers.answer_list = own.answer_list and answers.answer_id = own.answer_id
    left join points as ranked
        on
            ranked.answer_list is null
            and answers.position = ranked.position
            and proposed.proposed_count <= 4
            and laid_down.answer_list is null

),

judged as (

    select
        asked.*,
        shut.question_id is not null as is_filtered,
        asked.state = 'answered'
        and asked.kind = 'single'
        and chosen.choice_count = 1
        and graded.points is null
        and selective.answer_list is not null as is_removed,
        case
            when asked.state <> 'answered' then null
            when asked.kind = 'multiple' and chosen.known_count = chosen.choice_count
                then case when chosen.choice_count * 2 >= proposed.proposed_count then 1 else 0 end
            when asked.kind = 'single' and chosen.choice_count = 1 then graded.points
        end as points
    from asked
    left join chosen on asked.evaluation_id = chosen.evaluation_id and asked.question_id = chosen.question_id
    left join shut on asked.evaluation_id = shut.evaluation_id and asked.filter_question_id = shut.question_id
    left join proposed on asked.answer_list = proposed.answer_list
    left join graded on asked.answer_list = graded.answer_list and chosen.answer_id = graded.answer_id
    left join selective on asked.answer_list = selective.answer_list

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
