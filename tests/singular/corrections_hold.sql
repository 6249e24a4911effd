-- A decision that rests on what an export no longer says must be taken again: each row here names one.
select
    correction_id,
    expect,
    found,
    remedy
from {{ ref('qc_corrections') }}
where status = 'stale'
