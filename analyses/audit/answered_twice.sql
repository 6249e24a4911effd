-- Who answered what twice: questions to which several records of one evaluation give an answer, and
-- whether they agree. Those that do not are in qc_contradictions, with the words of both.
with

answered as (

    select
        evaluation_id,
        question_id,
        record_id,
        source_id,
        is_chosen
    from {{ ref('fct_response_record') }}
    where state = 'answered'

),

sources as (

    select
        source_id,
        path,
        format
    from {{ ref('dim_source') }}

),

contradicted as (

    select distinct
        evaluation_id,
        question_id
    from {{ ref('qc_contradictions') }}
    where reason = 'different-answers'

),

final as (

    select
        answered.evaluation_id,
        answered.question_id,
        count(*) as record_count,
        count(distinct sources.format) as format_count,
        max(case when answered.is_chosen then sources.format end) as chosen_format,
        max(case when answered.is_chosen then sources.path end) as chosen_path,
        {{ join_texts('sources.path', 'sources.path') }} as paths,
        max(case when contradicted.evaluation_id is null then 0 else 1 end) = 0 as is_agreed
    from answered
    inner join sources on answered.source_id = sources.source_id
    left join contradicted
        on
            answered.evaluation_id = contradicted.evaluation_id
            and answered.question_id = contradicted.question_id
    group by answered.evaluation_id, answered.question_id
    having count(*) > 1

)

select * from final
order by is_agreed, evaluation_id, question_id
