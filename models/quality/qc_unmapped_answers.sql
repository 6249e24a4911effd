with

records as (

    select * from {{ ref('int_records__identified') }}

),

observations as (

    select * from {{ ref('stg_raw__observations') }}

),

questions as (

    select * from {{ ref('stg_codebook__questions') }}

),

sources as (

    select * from {{ ref('dim_source') }}

),

-- Every record counts, not only the chosen ones: an unknown label is worth a look wherever it stands.
met as (

    select
        observations.question_id,
        observations.raw_label,
        records.record_id,
        records.project_id,
        records.year,
        observations.source_id,
        observations.source_start,
        observations.source_end,
        observations.source_pointer,
        {{ label_key('observations.raw_label') }} as label_key,
        row_number() over (
            partition by observations.question_id, {{ label_key('observations.raw_label') }}
            order by
                records.year, sources.path, observations.source_id, records.record_key, observations.ordinal
        ) as place
    from observations
    inner join records
        on observations.source_id = records.source_id and observations.record_key = records.record_key
    inner join sources on observations.source_id = sources.source_id
    where observations.match = 'unmapped' and observations.raw_label is not null

),

counted as (

    select
        question_id,
        label_key,
        count(distinct raw_label)::integer as spelling_count,
        count(distinct record_id)::integer as record_count,
        count(distinct project_id)::integer as project_count
    from met
    group by question_id, label_key

),

final as (

    select
        counted.question_id,
        questions.answer_list,
        first_met.raw_label,
        counted.spelling_count,
        counted.record_count,
        counted.project_count,
        first_met.project_id as first_project_id,
        first_met.year as first_year,
        first_met.source_id as first_source_id,
        sources.path as first_path,
        first_met.source_start as first_source_start,
        first_met.source_end as first_source_end,
        first_met.source_pointer as first_source_pointer,
        'unknown-label' as reason,
        'In seeds/codebook/answers.csv, add the label to the page_labels of an answer, or give it a row '
        || '(answer_list ' || coalesce(questions.answer_list, 'of the question') || ').' as remedy
    from counted
    inner join met as first_met
        on
            counted.question_id = first_met.question_id
            and counted.label_key = first_met.label_key
            and first_met.place = 1
    inner join sources on first_met.source_id = sources.source_id
    left join questions on counted.question_id = questions.question_id

)

select * from final
