-- qc
select 'qc_rejected_exports' as relation, count(*) as case_count from qc_rejected_exports
union all
select 'qc_unmapped_answers', count(*) from qc_unmapped_answers
union all
select 'qc_unmapped_questions', count(*) from qc_unmapped_questions
union all
select 'qc_unparsed_fragments', count(*) from qc_unparsed_fragments
union all
select 'qc_contradictions', count(*) from qc_contradictions
union all
select 'qc_possible_duplicates', count(*) from qc_possible_duplicates
union all
select 'qc_copied_texts', count(*) from qc_copied_texts
union all
select 'qc_same_bytes', count(*) from qc_same_bytes
union all
select 'qc_doubtful_exports', count(*) from qc_doubtful_exports
union all
select 'qc_corrections', count(*) from qc_corrections
union all
select 'qc_unregistered_evaluations', count(*) from qc_unregistered_evaluations
order by case_count desc, relation
