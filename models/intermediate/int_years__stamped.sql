{{ config(enabled=target.type == 'duckdb', materialized='table') }}

{#- All that a year's figures are made of, in one hash: its evaluations, its groups, the campaign before. -#}
with

stamped as (

    select * from {{ ref('int_evaluations__stamped') }}

),

evaluations as (

    select
        year,
        {{ rows_digest(['evaluation_id', 'stamp']) }} as digest
    from stamped
    group by year

),

-- A site has a place in every campaign; its groups matter where it was evaluated, in the campaign after that,
-- where it is missed, and where a register lists it. So a new site touches its own years alone.
present as (

    select
        project_id,
        year
    from {{ ref('fct_evaluation') }}
    union
    select
        project_id,
        year + 1 as year
    from {{ ref('fct_evaluation') }}
    union
    select
        project_id,
        year
    from {{ ref('int_indicators__registered') }}

),

members as (

    select
        memberships.year,
        {{ rows_digest(['memberships.project_id', 'memberships.scope_type', 'memberships.scope_id']) }}
            as digest
    from {{ ref('fct_scope_member') }} as memberships
    inner join present on memberships.project_id = present.project_id and memberships.year = present.year
    group by memberships.year

),

campaigns as (

    select distinct year from {{ ref('fct_scope_member') }}

),

scopes as (

    select
        year,
        {{ rows_digest(['scope_type', 'scope_id', 'n_evaluations', 'n_register']) }} as digest
    from {{ ref('int_indicators__scopes') }}
    group by year

),

registered as (

    select
        year,
        {{ rows_digest(['project_id']) }} as digest
    from {{ ref('int_indicators__registered') }}
    group by year

),

years as (

    select
        campaigns.year,
        concat_ws(' ', evaluations.digest, members.digest, scopes.digest, registered.digest) as digest
    from campaigns
    left join members on campaigns.year = members.year
    left join evaluations on campaigns.year = evaluations.year
    left join scopes on campaigns.year = scopes.year
    left join registered on campaigns.year = registered.year

),

final as (

    select
        year,
        {{ hash_key([
            'digest',
            "coalesce(lag(year) over (order by year), 0)",
            "coalesce(lag(digest) over (order by year), '')",
            "'" ~ code_stamp() ~ "'",
        ]) }} as stamp
    from years

)

select * from final
