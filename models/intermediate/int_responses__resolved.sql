with

records as (

    select * from {{ ref('int_records__touched') }}

),

forms as (

    select * from {{ ref('stg_raw__record_forms') }}

),

questions as (

    select * from {{ ref('stg_codebook__questions') }}

),

responses as (

    select * from {{ ref('stg_raw__responses') }}

),

states as (

    select * from {{ ref('states') }}

),

-- Every question of every form that a record carries: what nothing is said about is a row, too.
recorded as (

    select
        records.record_id,
        records.source_id,
        records.record_key,
        records.evaluation_id,
        records.project_id,
        records.year,
        records.record_rank,
        questions.question_id,
        questions.category_id,
        coalesce(responses.state, forms.default_state) as state,
        responses.candidate_answer_ids
    from records
    inner join forms
        on records.source_id = forms.source_id and records.record_key = forms.record_key
    inner join questions on forms.form = questions.form
    left join responses
        on
            records.source_id = responses.source_id
            and records.record_key = responses.record_key
            and questions.question_id = responses.question_id

),

final as (

    select
        recorded.record_id,
        recorded.source_id,
        recorded.evaluation_id,
        recorded.project_id,
        recorded.year,
        recorded.question_id,
        recorded.category_id,
        recorded.state,
        recorded.candidate_answer_ids,
        row_number() over (
            partition by recorded.evaluation_id, recorded.question_id
            order by states.position asc nulls last, recorded.record_rank asc
        ) = 1 as is_chosen
    from recorded
    left join states on recorded.state = states.state

)

select * from final
