-- Default sentences by year: answers that the source prints for an answer and for none alike, with what
-- they may stand for. Their share says how far the bounds of an indicator come from the form of the
-- files.
with

responses as (

    select
        year,
        question_id,
        state,
        source_id,
        candidate_answer_ids
    from {{ ref('fct_response') }}
    where state <> 'not_asked'

),

sources as (

    select
        source_id,
        format,
        coalesce(generation, '') as generation
    from {{ ref('dim_source') }}

),

final as (

    select
        responses.year,
        responses.question_id,
        sources.format,
        sources.generation,
        max(
            case when responses.state = 'ambiguous' then responses.candidate_answer_ids end
        ) as candidate_answer_ids,
        count(case when responses.state = 'ambiguous' then 1 end) as ambiguous_count,
        count(*) as response_count,
        count(case when responses.state = 'ambiguous' then 1 end) / count(*) as ambiguous_share
    from responses
    inner join sources on responses.source_id = sources.source_id
    group by responses.year, responses.question_id, sources.format, sources.generation
    having count(case when responses.state = 'ambiguous' then 1 end) > 0

)

select * from final
order by year asc, ambiguous_share desc, question_id asc, format asc, generation asc
