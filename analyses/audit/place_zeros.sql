-- Zeros of place files, by question and year. The platform's import writes 0 where nothing was filled in,
-- so each is `ambiguous`; a question with zeros and no other number says nothing, one with few zeros may
-- well mean them.
with

places as (

    select source_id
    from {{ ref('dim_source') }}
    where format = 'place_json'

),

numbers as (

    select question_id
    from {{ ref('dim_question') }}
    where kind = 'number'

),

records as (

    select
        responses.year,
        responses.question_id,
        responses.state
    from {{ ref('fct_response_record') }} as responses
    inner join places on responses.source_id = places.source_id
    inner join numbers on responses.question_id = numbers.question_id

),

counted as (

    select
        year,
        question_id,
        count(*) as record_count,
        count(case when state = 'ambiguous' then 1 end) as zero_count,
        count(case when state = 'answered' then 1 end) as positive_count
    from records
    group by year, question_id

),

final as (

    select
        year,
        question_id,
        record_count,
        zero_count,
        positive_count,
        zero_count / nullif(zero_count + positive_count, 0) as zero_share
    from counted
    where zero_count > 0

)

select * from final
order by year asc, zero_share desc, question_id asc
