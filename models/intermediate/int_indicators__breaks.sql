with

components as (

    select * from {{ ref('int_indicators__components') }}
    where is_binary

),

breaks as (

    select * from {{ ref('series_breaks') }}

),

final as (

    select
        components.indicator_id,
        components.method_version,
        components.component_id,
        components.question_id,
        breaks.year_from,
        breaks.year_to,
        breaks.generation_from,
        breaks.generation_to
    from components
    inner join breaks
        on
            (
                components.indicator_id = breaks.indicator_id
                or breaks.question_id in (components.question_id, components.among_question_id)
            )
            and components.method_version = coalesce(breaks.method_version, components.method_version)

)

select * from final
