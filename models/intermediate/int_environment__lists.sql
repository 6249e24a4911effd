with

answers as (

    select * from {{ ref('stg_codebook__answers') }}

),

points as (

    select * from {{ ref('environment_points') }}

),

-- Lists of which an answer without points of its own takes the question out of the score.
selective as (

    select answer_list from points
    where answer_id = '*' and points is null

),

final as (

    select
        answers.answer_list,
        count(*) as proposed_count,
        count(selective.answer_list) > 0 as is_selective
    from answers
    left join selective on answers.answer_list = selective.answer_list
    group by answers.answer_list

)

select * from final
