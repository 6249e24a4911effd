-- dim_campaign: year
select
    year,
    evaluation_count
from dim_campaign
where evaluation_count > 0
order by year
