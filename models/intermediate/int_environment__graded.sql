with

answers as (

    select * from {{ ref('stg_codebook__answers') }}

),

points as (

    select * from {{ ref('environment_points') }}

),

lists as (

    select * from {{ ref('int_environment__lists') }}

),

laid_down as (

    select distinct answer_list from points
    where answer_list is not null

),

-- What a choice gives: the points laid down for it; in short lists of which nothing is laid down, those of
-- its rank.
final as (

    select
        answers.answer_list,
        answers.answer_id,
        coalesce(own.points, ranked.points) as points
    from answers
    inner join lists on answers.answer_list = lists.answer_list
    left join laid_down on answers.answer_list = laid_down.answer_list
    left join points as own on answers.answer_list = own.answer_list and answers.answer_id = own.answer_id
    left join points as ranked
        on
            ranked.answer_list is null
            and answers.position = ranked.position
            and lists.proposed_count <= 4
            and laid_down.answer_list is null

)

select * from final
