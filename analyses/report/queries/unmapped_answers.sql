-- qc_unmapped_answers
select
    qc_unmapped_answers.question_id,
    dim_question.label_fr,
    dim_question.label_en,
    count(*) as label_count,
    sum(qc_unmapped_answers.record_count)::bigint as record_count
from qc_unmapped_answers
inner join dim_question on qc_unmapped_answers.question_id = dim_question.question_id
group by qc_unmapped_answers.question_id, dim_question.label_fr, dim_question.label_en
order by label_count desc, record_count desc, qc_unmapped_answers.question_id
