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

members as (

    select
        year,
        {{ rows_digest(['project_id', 'scope_type', 'scope_id']) }} as digest
    from {{ ref('int_indicators__memberships') }}
    group by year

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
        members.year,
        concat_ws(' ', evaluations.digest, members.digest, scopes.digest, registered.digest) as digest
    from members
    left join evaluations on members.year = evaluations.year
    left join scopes on members.year = scopes.year
    left join registered on members.year = registered.year

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
