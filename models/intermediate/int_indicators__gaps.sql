with

components as (

    select * from {{ ref('int_indicators__components') }}
    where family = 'gaps'

),

responses as (

    select * from {{ ref('fct_response') }}
    where {{ in_touched_sites() }}

),

-- The three answers in their order, from fewer women to more.
ranked as (

    select
        evaluation_id,
        question_id,
        max(
            case answer_id when 'moins-de-femmes' then 1 when 'autant' then 2 when 'plus-de-femmes' then 3 end
        ) as women_rank
    from {{ ref('fct_observation') }}
    where {{ in_touched_sites() }}
    group by evaluation_id, question_id

),

final as (

    select
        components.indicator_id,
        components.method_version,
        components.component_id,
        one.project_id,
        one.year,
        case
            when one.state = 'answered' and other.state = 'answered' then 'answered'
            when one.state = 'not_asked' or other.state = 'not_asked' then 'not_asked'
            when 'ambiguous' in (one.state, other.state) then 'ambiguous'
            else 'blank'
        end as state,
        false as is_outside,
        coalesce(one_rank.women_rank < other_rank.women_rank, false)::integer as numerator,
        (one_rank.women_rank is not null and other_rank.women_rank is not null)::integer as denominator
    from components
    inner join responses as one on components.question_id = one.question_id
    inner join responses as other
        on components.among_question_id = other.question_id and one.evaluation_id = other.evaluation_id
    left join ranked as one_rank
        on one.evaluation_id = one_rank.evaluation_id and one.question_id = one_rank.question_id
    left join ranked as other_rank
        on other.evaluation_id = other_rank.evaluation_id and other.question_id = other_rank.question_id

)

select * from final
