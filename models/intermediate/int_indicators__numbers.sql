with

components as (

    select * from {{ ref('int_indicators__components') }}
    where family = 'numbers'

),

responses as (

    select * from {{ ref('fct_response') }}
    where {{ in_touched_sites() }}

),

observations as (

    select
        evaluation_id,
        question_id,
        max(value_number) as value_number,
        count(distinct coalesce(answer_id, raw_label)) as answer_count
    from {{ ref('fct_observation') }}
    where {{ in_touched_sites() }}
    group by evaluation_id, question_id

),

measured as (

    select
        components.*,
        responses.project_id,
        responses.year,
        responses.state,
        case
            when components.measure = 'answers' then observations.answer_count
            else observations.value_number
        end as measured_value
    from components
    inner join responses on components.question_id = responses.question_id
    left join observations
        on
            responses.evaluation_id = observations.evaluation_id
            and responses.question_id = observations.question_id

),

-- An ambiguous number is 0 or none: with it, a sum stays and a median lies between two. Shares count one
-- number, or (`none`) the texts that hold none.
final as (

    select
        indicator_id,
        method_version,
        component_id,
        project_id,
        year,
        state,
        false as is_outside,
        case statistic
            when 'count' then (measured_value is not null)::integer
            when 'share'
                then
                    case
                        when state <> 'answered' then 0
                        when measure = 'none' then (measured_value is null)::integer
                        else coalesce(measured_value = try_cast(measure as double), false)::integer
                    end
        end as numerator,
        case
            when statistic = 'share' then (state = 'answered')::integer
            else (measured_value is not null)::integer
        end as denominator,
        case when statistic in ('sum', 'median') then measured_value end as value,
        case
            when statistic in ('sum', 'median')
                then coalesce(measured_value, case when state = 'ambiguous' then 0 end)
        end as value_low,
        case when statistic in ('sum', 'median') then measured_value end as value_high
    from measured

)

select * from final
