select
    fct_evaluation.evaluation_id,
    fct_evaluation.year,
    fct_evaluation.record_count,
    fct_evaluation.asked_count,
    fct_evaluation.answered_count,
    fct_evaluation.blank_count,
    fct_evaluation.ambiguous_count,
    fct_evaluation.lost_count,
    fct_evaluation.not_shown_count,
    fct_evaluation.completeness,
    list(distinct dim_source.path order by dim_source.path) as paths
from fct_evaluation
inner join dim_record
    on fct_evaluation.evaluation_id = dim_record.evaluation_id and not dim_record.is_retracted
inner join dim_source on dim_record.source_id = dim_source.source_id
where fct_evaluation.project_id = $project_id and fct_evaluation.year <= $year
group by all
order by fct_evaluation.year
