with

evaluations as (

    select * from {{ ref('fct_evaluation') }}

),

registered as (

    select * from {{ ref('int_indicators__registered') }}

),

records as (

    select * from {{ ref('int_records__identified') }}

),

sites as (

    select * from {{ ref('int_projects__placed') }}

),

grouped as (

    select * from {{ ref('int_projects__grouped') }}

),

final as (

    -- `unknown` holds those that nothing is known of: no site is left out.
    select
        scope_type,
        coalesce(scope_id, 'unknown') as scope_id,
        project_id,
        year
    from grouped
    union all
    -- Priority districts are known from a register alone: where none tells, they are no group.
    select
        'priority_district' as scope_type,
        coalesce(registered.priority_district, 'unknown') as scope_id,
        sites.project_id,
        sites.year
    from sites
    left join registered on sites.project_id = registered.project_id and sites.year = registered.year
    where (select count(placed.priority_district) from registered as placed) > 0
    union all
    select distinct
        'export_form' as scope_type,
        records.format as scope_id,
        evaluations.project_id,
        evaluations.year
    from evaluations
    inner join records on evaluations.evaluation_id = records.evaluation_id

)

select * from final
