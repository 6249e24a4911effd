{{ config(materialized='table') }}

with

memberships as (

    select * from {{ ref('int_indicators__memberships') }}

),

evaluations as (

    select * from {{ ref('fct_evaluation') }}

),

registered as (

    select * from {{ ref('int_indicators__registered') }}

),

register_size as (

    select count(*) as project_count from {{ ref('register') }}

),

-- The register says who is active, and nothing of territories: it sizes the network and a site.
final as (

    select
        memberships.scope_type,
        memberships.scope_id,
        memberships.year,
        count(evaluations.project_id)::integer as n_evaluations,
        case
            when memberships.scope_type in ('network', 'site') and max(register_size.project_count) > 0
                then count(registered.project_id)::integer
        end as n_register
    from memberships
    cross join register_size
    left join evaluations
        on memberships.project_id = evaluations.project_id and memberships.year = evaluations.year
    left join registered
        on memberships.project_id = registered.project_id and memberships.year = registered.year
    group by memberships.scope_type, memberships.scope_id, memberships.year
    having count(evaluations.project_id) > 0

)

select * from final
