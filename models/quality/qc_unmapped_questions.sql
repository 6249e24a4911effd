with

records as (

    select * from {{ ref('int_records__identified') }}

),

questions as (

    select * from {{ ref('stg_raw__unmapped_questions') }}

),

sources as (

    select * from {{ ref('dim_source') }}

),

met as (

    select
        records.format,
        questions.question_ref,
        questions.title,
        questions.question_type,
        questions.value_text,
        questions.source_id,
        questions.source_pointer,
        records.record_id,
        records.project_id,
        records.year,
        sources.path,
        row_number() over (
            partition by records.format, questions.question_ref, questions.title, questions.question_type
            order by
                records.year,
                sources.path,
                questions.source_id,
                questions.record_key,
                questions.source_pointer,
                questions.value_text
        ) as place
    from questions
    inner join records
        on questions.source_id = records.source_id and questions.record_key = records.record_key
    inner join sources on questions.source_id = sources.source_id

),

final as (

    select
        format,
        question_ref,
        title,
        question_type,
        count(distinct record_id)::integer as record_count,
        count(distinct project_id)::integer as project_count,
        max(case when place = 1 then value_text end) as first_value_text,
        max(case when place = 1 then project_id end) as first_project_id,
        max(case when place = 1 then year end) as first_year,
        max(case when place = 1 then source_id end) as first_source_id,
        max(case when place = 1 then path end) as first_path,
        max(case when place = 1 then source_pointer end) as first_source_pointer,
        'unknown-question' as reason,
        'Give it a row in seeds/codebook, or tie its reference to a question that is there.' as remedy
    from met
    group by format, question_ref, title, question_type

)

select * from final
