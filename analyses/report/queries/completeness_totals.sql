-- rpt_completeness
select
    count(*) as criterion_count,
    count(*) filter (where documented_share >= 0.5) as half_count,
    sum(answered_count)::bigint as answered_count,
    sum(blank_count)::bigint as blank_count,
    sum(not_shown_count)::bigint as not_shown_count,
    sum(ambiguous_count)::bigint as ambiguous_count,
    sum(lost_count)::bigint as lost_count,
    sum(not_asked_count)::bigint as not_asked_count
from rpt_completeness
where year = $year
