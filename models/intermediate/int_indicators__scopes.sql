{{ config(materialized='table') }}

with

memberships as (

    select * from {{ ref('fct_scope_member') }}

),

evaluations as (

    select * from {{ ref('fct_evaluation') }}

),

registered as (

    select * from {{ ref('int_indicators__registered') }}

),

register_size as (

    select count(*) as project_count from {{ ref('int_register__listed') }}

),

counted as (

    select
        memberships.scope_type,
        memberships.scope_id,
        memberships.year,
        count(evaluations.project_id) as n_evaluations,
        count(registered.project_id) as n_registered
    from memberships
    left join evaluations
        on memberships.project_id = evaluations.project_id and memberships.year = evaluations.year
    left join registered
        on memberships.project_id = registered.project_id and memberships.year = registered.year
    group by memberships.scope_type, memberships.scope_id, memberships.year

),

-- The register sizes the groups of a kind if it places all its sites of the year: nothing is guessed.
told as (

    select
        scope_type,
        year,
        sum(case when scope_id = 'unknown' then n_registered else 0 end) = 0 as is_told
    from counted
    group by scope_type, year

),

final as (

    select
        counted.scope_type,
        counted.scope_id,
        counted.year,
        counted.n_evaluations::integer as n_evaluations,
        case
            when
                register_size.project_count > 0
                and counted.scope_type <> 'export_form'
                and (counted.scope_type in ('network', 'site') or told.is_told)
                then counted.n_registered::integer
        end as n_register
    from counted
    inner join told on counted.scope_type = told.scope_type and counted.year = told.year
    cross join register_size
    where counted.n_evaluations > 0 or (counted.n_registered > 0 and counted.scope_type <> 'site')

)

select * from final
