-- What a campaign is made of: exports and evaluations by form, generation of the page and text form. A
-- series that jumps where this mix does is a change of files before it is a change of sites.
with

records as (

    select
        year,
        source_id,
        evaluation_id
    from {{ ref('dim_record') }}
    where not is_retracted and not is_excluded

),

sources as (

    select
        source_id,
        format,
        coalesce(generation, '') as generation,
        coalesce(text_form, '') as text_form
    from {{ ref('dim_source') }}

),

totals as (

    select
        year,
        count(distinct evaluation_id) as evaluation_total
    from records
    group by year

),

counted as (

    select
        records.year,
        sources.format,
        sources.generation,
        sources.text_form,
        count(distinct records.source_id) as export_count,
        count(distinct records.evaluation_id) as evaluation_count
    from records
    inner join sources on records.source_id = sources.source_id
    group by records.year, sources.format, sources.generation, sources.text_form

),

final as (

    select
        counted.year,
        counted.format,
        counted.generation,
        counted.text_form,
        counted.export_count,
        counted.evaluation_count,
        counted.evaluation_count / totals.evaluation_total as evaluation_share
    from counted
    inner join totals on counted.year = totals.year

)

select * from final
order by year, format, generation, text_form
