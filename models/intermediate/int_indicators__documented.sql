with

responses as (

    select * from {{ ref('fct_response') }}
    where {{ in_touched_sites() }}

),

told as (

    select distinct
        evaluation_id,
        category_id
    from {{ ref('fct_testimony') }}
    where not is_placeholder and {{ in_touched_sites() }}

),

-- A criterion is documented where one of its questions is answered: that is known of every evaluation.
final as (

    select distinct
        responses.evaluation_id,
        responses.category_id,
        -- Criteria of the social questionnaire, not those of the urban project.
        categories.criterion_number <= 12 as is_criterion,
        told.evaluation_id is not null as is_told
    from responses
    inner join {{ ref('categories') }} as categories on responses.category_id = categories.category_id
    left join told
        on responses.evaluation_id = told.evaluation_id and responses.category_id = told.category_id
    where responses.state = 'answered'

)

select * from final
