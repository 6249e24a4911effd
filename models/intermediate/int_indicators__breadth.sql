with

components as (

    select * from {{ ref('int_indicators__components') }}
    where family = 'breadth'

),

evaluations as (

    select * from {{ ref('fct_evaluation') }}

),

choices as (

    select
        responses.evaluation_id,
        responses.category_id,
        responses.state,
        questions.role,
        exists(
            select 1
            from {{ ref('fct_observation') }} as observations
            left join {{ ref('stg_codebook__answers') }} as answers
                on observations.answer_key = answers.answer_key
            where
                observations.evaluation_id = responses.evaluation_id
                and observations.question_id = responses.question_id
                and not coalesce(answers.is_no, false)
        ) as has_effect
    from {{ ref('fct_response') }} as responses
    inner join {{ ref('stg_codebook__questions') }} as questions
        on responses.question_id = questions.question_id
    inner join {{ ref('categories') }} as categories
        on questions.category_id = categories.category_id
    where
        questions.form = 'social'
        and categories.criterion_number <= 12
        and questions.kind in ('single', 'multiple')

),

-- Where none is observed, a criterion may still hide an effect behind a choice without an answer; what kind
-- of effect it was (role `kind`) is only asked of those that had one.
criteria as (

    select
        evaluation_id,
        category_id,
        bool_or(state = 'answered') as is_answered,
        bool_or(has_effect) as has_effect,
        bool_or(state <> 'answered' and role <> 'kind') as is_open
    from choices
    group by evaluation_id, category_id

),

counted as (

    select
        evaluation_id,
        bool_or(is_answered) as is_answered,
        count(*) filter (where has_effect) as observed_count,
        count(*) filter (where has_effect or is_open) as possible_count
    from criteria
    group by evaluation_id

),

final as (

    select
        components.indicator_id,
        components.method_version,
        components.component_id,
        evaluations.project_id,
        evaluations.year,
        case
            when counted.is_answered then 'answered'
            when evaluations.has_social then 'blank'
            else 'not_asked'
        end as state,
        false as is_outside,
        case
            when components.statistic = 'share'
                then (
                    coalesce(counted.is_answered, false)
                    and counted.observed_count = try_cast(components.measure as integer)
                )::integer
        end as numerator,
        coalesce(counted.is_answered, false)::integer as denominator,
        case
            when components.statistic = 'share'
                then (
                    coalesce(counted.is_answered, false)
                    and counted.observed_count = try_cast(components.measure as integer)
                    and counted.possible_count = counted.observed_count
                )::integer
        end as numerator_low,
        case
            when components.statistic = 'share'
                then (
                    coalesce(counted.is_answered, false)
                    and counted.observed_count <= try_cast(components.measure as integer)
                    and counted.possible_count >= try_cast(components.measure as integer)
                )::integer
        end as numerator_high,
        case
            when components.statistic = 'median' and counted.is_answered then counted.observed_count
        end as value,
        case when components.statistic = 'median' then coalesce(counted.observed_count, 0) end as value_low,
        case when components.statistic = 'median' then coalesce(counted.possible_count, 12) end as value_high
    from components
    cross join evaluations
    left join counted on evaluations.evaluation_id = counted.evaluation_id

)

select * from final
