{% set bases = [
    ('manifest', 'received_name'),
    ('inside', 'inner_name'),
    ('link', 'page_link'),
    ('stem', 'file_stem'),
] %}

with

records as (

    select * from {{ ref('int_records__dated') }}

),

slugs as (

    select * from {{ ref('stg_raw__slugs') }}

),

-- In the order of precedence.
candidates as (
    {% for basis, name in bases %}
        select
            record_id,
            {{ name }} as project_name,
            '{{ basis }}' as project_basis,
            {{ loop.index }} as basis_rank
        from records
        where not is_retracted
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- A name without a letter or digit names nothing.
ranked as (

    select
        candidates.*,
        slugs.slug,
        row_number() over (partition by candidates.record_id order by candidates.basis_rank) as name_rank
    from candidates
    inner join slugs on candidates.project_name = slugs.name
    where slugs.slug <> ''

),

final as (

    select
        records.record_id,
        coalesce(ranked.project_name, records.file_stem) as project_name,
        coalesce(ranked.project_basis, 'stem') as project_basis,
        coalesce(ranked.basis_rank, 4) as basis_rank,
        coalesce(ranked.slug, 'sans-nom-' || substr(records.source_id, 1, 8)) as slug
    from records
    left join ranked on records.record_id = ranked.record_id and ranked.name_rank = 1
    where not records.is_retracted

)

select * from final
