-- fct_response holds one row for each question of each form that an evaluation carries, and no other.
with

expected as (

    select distinct
        records.evaluation_id,
        questions.question_id
    from {{ ref('dim_record') }} as records
    inner join {{ ref('stg_raw__record_forms') }} as forms
        on records.source_id = forms.source_id and records.record_key = forms.record_key
    inner join {{ ref('dim_question') }} as questions on forms.form = questions.form
    where not records.is_retracted and not records.is_excluded and {{ is_untested('records', year=none) }}

),

found as (

    select
        responses.evaluation_id,
        responses.question_id
    from {{ ref('fct_response') }} as responses
    where {{ is_untested('responses') }}

),

final as (

    select
        coalesce(expected.evaluation_id, found.evaluation_id) as evaluation_id,
        coalesce(expected.question_id, found.question_id) as question_id,
        count(found.evaluation_id) as row_count
    from expected
    full outer join found
        on expected.evaluation_id = found.evaluation_id and expected.question_id = found.question_id
    group by 1, 2
    having count(found.evaluation_id) <> 1 or count(expected.evaluation_id) <> 1

)

select * from final
