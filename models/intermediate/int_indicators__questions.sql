with

components as (

    select * from {{ ref('int_indicators__components') }}

),

questions as (

    select * from {{ ref('stg_codebook__questions') }}

),

-- Where no question is named, those of the category are looked at, or all of them.
final as (

    select distinct
        components.indicator_id,
        components.method_version,
        questions.question_id
    from components
    inner join questions
        on
            questions.question_id in (components.question_id, components.among_question_id)
            or (
                components.question_id is null
                and coalesce(components.category_id, questions.category_id) = questions.category_id
            )
    where components.family <> 'participation'

)

select * from final
