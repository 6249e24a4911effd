{{ config(materialized='table') }}

with

records as (

    select * from {{ ref('int_records__dated') }}

),

names as (

    select * from {{ ref('int_records__named') }}

),

aliases as (

    select
        {{ project_key('slug') }} as project_key,
        min(project_id) as project_id
    from {{ ref('project_aliases') }}
    group by project_key

),

decided as (

    select
        names.*,
        coalesce(aliases.project_id, names.slug) as decided_slug,
        aliases.project_id is not null as is_alias
    from names
    left join aliases on {{ project_key('names.slug') }} = aliases.project_key

),

keyed as (

    select
        *,
        {{ project_key('decided_slug') }} as project_key
    from decided

),

-- Of the slugs of one project the best founded names it: a decided alias, the best basis, the smallest.
ranked as (

    select
        project_key,
        decided_slug as project_id,
        row_number() over (
            partition by project_key
            order by is_alias desc, basis_rank asc, decided_slug asc
        ) as slug_rank
    from keyed

),

final as (

    select
        records.record_id,
        projects.project_id || '@' || records.year as evaluation_id,
        projects.project_id,
        projects.project_key,
        keyed.project_name,
        keyed.project_basis,
        keyed.basis_rank,
        records.year
    from records
    inner join keyed on records.record_id = keyed.record_id
    inner join ranked as projects on keyed.project_key = projects.project_key and projects.slug_rank = 1

)

select * from final
