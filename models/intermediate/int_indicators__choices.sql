with

components as (

    select * from {{ ref('int_indicators__components') }}
    where family = 'choices'

),

responses as (

    select * from {{ ref('fct_response') }}
    where {{ in_touched_sites() }}

),

observations as (

    select
        evaluation_id,
        question_id,
        coalesce(answer_id, raw_label) as answer,
        min(answer_id) as answer_id,
        min(polarity) as polarity
    from {{ ref('fct_observation') }}
    where {{ in_touched_sites() }}
    group by evaluation_id, question_id, coalesce(answer_id, raw_label)

),

-- How many of the answers that count an evaluation chose; each once.
chosen as (

    select
        components.indicator_id,
        components.method_version,
        components.component_id,
        observations.evaluation_id,
        count(observations.answer) as answer_count
    from components
    inner join observations on components.question_id = observations.question_id
    where
        {{ counts_answer('observations.answer_id', 'components.answer_ids') }}
        and (components.answer_polarity is null or components.answer_polarity = observations.polarity)
    group by
        components.indicator_id,
        components.method_version,
        components.component_id,
        observations.evaluation_id

),

-- Where only some sites are asked about: those that said so are in, those that said otherwise are outside.
included as (

    select
        components.indicator_id,
        components.method_version,
        components.component_id,
        observations.evaluation_id,
        bool_or({{ counts_answer('observations.answer_id', 'components.among_answer_ids') }}) as is_in
    from components
    inner join observations on components.among_question_id = observations.question_id
    group by
        components.indicator_id,
        components.method_version,
        components.component_id,
        observations.evaluation_id

),

judged as (

    select
        components.indicator_id,
        components.method_version,
        components.component_id,
        responses.project_id,
        responses.year,
        responses.state,
        components.among_question_id is not null and not coalesce(included.is_in, true) as is_outside,
        responses.state = 'answered'
        and (components.among_question_id is null or coalesce(included.is_in, false)) as is_in,
        coalesce(chosen.answer_count, 0) >= components.minimum_answers as is_yes
    from components
    inner join responses on components.question_id = responses.question_id
    left join chosen
        on
            {{ same_component('components', 'chosen') }}
            and responses.evaluation_id = chosen.evaluation_id
    left join included
        on
            {{ same_component('components', 'included') }}
            and responses.evaluation_id = included.evaluation_id

),

final as (

    select
        *,
        (is_in and is_yes)::integer as numerator,
        is_in::integer as denominator
    from judged

)

select * from final
