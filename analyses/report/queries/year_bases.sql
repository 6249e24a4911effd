-- dim_record
select
    year_basis,
    count(*) as record_count
from dim_record
where year = $year and not is_retracted
group by year_basis
order by record_count desc, year_basis
