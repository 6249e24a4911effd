-- Printed labels that were brought back to an answer by a rewriting rule, not letter by letter, and those
-- that were not: how often each, and since when. A frequent one deserves its own spelling in
-- seeds/codebook/answers.csv.
with

observations as (

    select
        question_id,
        answer_id,
        raw_label,
        match,
        year,
        project_id
    from {{ ref('fct_observation') }}
    where match in ('rewritten', 'unmapped')

),

final as (

    select
        question_id,
        match,
        raw_label,
        answer_id,
        count(*) as observation_count,
        count(distinct project_id) as project_count,
        min(year) as first_year,
        max(year) as last_year
    from observations
    group by question_id, match, raw_label, answer_id

)

select * from final
order by observation_count desc, question_id asc, raw_label asc, answer_id asc
