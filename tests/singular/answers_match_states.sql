-- A response that is answered has what was answered, and no other response has.
with

said as (

    select
        evaluation_id,
        question_id,
        record_id
    from {{ ref('fct_observation') }}
    union
    select
        evaluation_id,
        question_id,
        record_id
    from {{ ref('fct_testimony') }}

),

final as (

    select
        responses.evaluation_id,
        responses.question_id,
        responses.state
    from {{ ref('fct_response') }} as responses
    left join said
        on
            responses.evaluation_id = said.evaluation_id
            and responses.question_id = said.question_id
            and responses.record_id = said.record_id
    where (responses.state = 'answered') <> (said.record_id is not null)
    union all
    select
        said.evaluation_id,
        said.question_id,
        'no such response' as state
    from said
    left join {{ ref('fct_response') }} as responses
        on
            said.evaluation_id = responses.evaluation_id
            and said.question_id = responses.question_id
            and said.record_id = responses.record_id
            and responses.state = 'answered'
    where responses.record_id is null
    union all
    -- A record that left a question unanswered may not bring an answer to it either.
    select
        records.evaluation_id,
        observations.question_id,
        responses.state
    from {{ ref('stg_raw__observations') }} as observations
    inner join {{ ref('dim_record') }} as records
        on observations.source_id = records.source_id and observations.record_key = records.record_key
    inner join {{ ref('fct_response_record') }} as responses
        on records.record_id = responses.record_id and observations.question_id = responses.question_id
    where responses.state <> 'answered'
    union all
    select
        records.evaluation_id,
        testimonies.question_id,
        responses.state
    from {{ ref('stg_raw__testimonies') }} as testimonies
    inner join {{ ref('dim_record') }} as records
        on testimonies.source_id = records.source_id and testimonies.record_key = records.record_key
    inner join {{ ref('fct_response_record') }} as responses
        on records.record_id = responses.record_id and testimonies.question_id = responses.question_id
    where responses.state <> 'answered'

)

select * from final
