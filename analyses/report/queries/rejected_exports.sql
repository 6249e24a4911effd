-- qc_rejected_exports
select
    reason,
    count(*) as export_count
from qc_rejected_exports
group by reason
order by export_count desc, reason
