-- A response that is answered has what was answered, and no other response has.
with

said as (

    select
        observations.evaluation_id,
        observations.question_id,
        observations.record_id
    from {{ ref('fct_observation') }} as observations
    where {{ is_untested('observations') }}
    union
    select
        testimonies.evaluation_id,
        testimonies.question_id,
        testimonies.record_id
    from {{ ref('fct_testimony') }} as testimonies
    where {{ is_untested('testimonies') }}

),

responses as (

    select found.*
    from {{ ref('fct_response') }} as found
    where {{ is_untested('found') }}

),

records as (

    select
        found.record_id,
        found.evaluation_id,
        found.source_id,
        found.record_key
    from {{ ref('dim_record') }} as found
    where {{ is_untested('found', year=none) }}

),

final as (

    select
        responses.evaluation_id,
        responses.question_id,
        responses.state
    from responses
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
    left join responses
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
        left_open.state
    from {{ ref('stg_raw__observations') }} as observations
    inner join records
        on observations.source_id = records.source_id and observations.record_key = records.record_key
    inner join {{ ref('fct_response_record') }} as left_open
        on records.record_id = left_open.record_id and observations.question_id = left_open.question_id
    where left_open.state <> 'answered'
    union all
    select
        records.evaluation_id,
        testimonies.question_id,
        left_open.state
    from {{ ref('stg_raw__testimonies') }} as testimonies
    inner join records
        on testimonies.source_id = records.source_id and testimonies.record_key = records.record_key
    inner join {{ ref('fct_response_record') }} as left_open
        on records.record_id = left_open.record_id and testimonies.question_id = left_open.question_id
    where left_open.state <> 'answered'

)

select * from final
