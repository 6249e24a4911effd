with

components as (

    select * from {{ ref('int_indicators__components') }}

),

evaluations as (

    select * from {{ ref('fct_evaluation') }}

),

responses as (

    select * from {{ ref('fct_response') }}

),

observations as (

    select * from {{ ref('fct_observation') }}

),

-- How many of the answers that count an evaluation chose.
chosen as (

    select
        components.indicator_id,
        components.method_version,
        components.component_id,
        observations.evaluation_id,
        count(distinct coalesce(observations.answer_id, observations.raw_label)) as answer_count
    from components
    inner join observations on components.question_id = observations.question_id
    where
        {{ is_listed('observations.answer_id', 'components.answer_ids') }}
        and (components.answer_polarity is null or components.answer_polarity = observations.polarity)
    group by
        components.indicator_id,
        components.method_version,
        components.component_id,
        observations.evaluation_id

),

answered as (

    select
        components.indicator_id,
        components.method_version,
        components.component_id,
        responses.evaluation_id,
        responses.project_id,
        responses.year,
        responses.state,
        responses.state = 'answered'
        and coalesce(chosen.answer_count, 0) >= components.minimum_answers as is_counted
    from components
    inner join responses on components.question_id = responses.question_id
    left join chosen
        on
            components.indicator_id = chosen.indicator_id
            and components.method_version = chosen.method_version
            and components.component_id = chosen.component_id
            and responses.evaluation_id = chosen.evaluation_id

),

documented as (

    select distinct
        evaluation_id,
        category_id
    from responses
    where state = 'answered'

),

-- Whether a criterion is documented is known of every evaluation: nothing else could be answered here.
covered as (

    select
        components.indicator_id,
        components.method_version,
        components.component_id,
        evaluations.evaluation_id,
        evaluations.project_id,
        evaluations.year,
        'answered' as state,
        documented.evaluation_id is not null as is_counted
    from components
    cross join evaluations
    left join documented
        on
            components.component_id = documented.category_id
            and evaluations.evaluation_id = documented.evaluation_id
    where components.kind = 'coverage'

),

final as (

    select * from answered
    union all
    select * from covered

)

select * from final
