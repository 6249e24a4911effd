-- rpt_restatement
select *
from rpt_restatement
