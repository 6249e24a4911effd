{{ config(enabled=target.type == 'duckdb', materialized='table') }}

{#- All that the figures of a site in a campaign are made of, in one hash. -#}
with

evaluations as (

    select
        evaluations.project_id,
        evaluations.year,
        stamped.stamp
    from {{ ref('fct_evaluation') }} as evaluations
    inner join {{ ref('int_evaluations__stamped') }} as stamped
        on evaluations.evaluation_id = stamped.evaluation_id

),

registered as (

    select
        project_id,
        year
    from {{ ref('int_indicators__registered') }}

),

register_size as (

    select count(*) as project_count from {{ ref('int_register__listed') }}

),

campaigns as (

    select
        year,
        lag(year) over (order by year) as year_before,
        lead(year) over (order by year) as year_after
    from {{ ref('dim_campaign') }}

),

-- Whoever was evaluated in one campaign is expected in the next one.
sites as (

    select
        project_id,
        year
    from evaluations
    union
    select
        evaluations.project_id,
        campaigns.year_after as year
    from evaluations
    inner join campaigns on evaluations.year = campaigns.year
    where campaigns.year_after is not null
    union
    select
        project_id,
        year
    from registered

),

final as (

    select
        {{ site_of_year('sites.project_id', 'sites.year') }} as evaluation_id,
        sites.project_id,
        sites.year,
        {{ hash_key([
            "coalesce(evaluations.stamp, '')",
            'coalesce(campaigns.year_before, 0)',
            "coalesce(before.stamp, '')",
            'registered.project_id is not null',
            'register_size.project_count > 0',
            "'" ~ code_stamp() ~ "'",
        ]) }} as stamp
    from sites
    inner join campaigns on sites.year = campaigns.year
    cross join register_size
    left join evaluations on sites.project_id = evaluations.project_id and sites.year = evaluations.year
    left join evaluations as before
        on sites.project_id = before.project_id and campaigns.year_before = before.year
    left join registered on sites.project_id = registered.project_id and sites.year = registered.year

)

select * from final
