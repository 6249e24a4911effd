-- dim_source
select
    count(*) as page_count,
    sum(characters)::bigint as characters,
    sum(characters_recognised)::bigint as recognised,
    sum(characters_testimony)::bigint as testimony,
    sum(characters_unparsed)::bigint as unparsed,
    sum(characters_recognised) / nullif(sum(characters), 0) as recognised_share,
    sum(characters_testimony) / nullif(sum(characters), 0) as testimony_share,
    sum(characters_unparsed) / nullif(sum(characters), 0) as unparsed_share
from dim_source
where
    characters is not null
    and source_id in (select source_id from dim_record where year = $year and not is_retracted)
