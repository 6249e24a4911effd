{{ config(
    materialized='incremental' if target.type == 'duckdb' else 'table', incremental_strategy='append',
    on_schema_change='fail', tags=['by_year'], meta={'year_column': 'year_to'},
    pre_hook="{{ delete_years('year_to') }}"
) }}

with

matched as (

    select * from {{ ref('fct_indicator_matched') }}
    where {{ in_touched_years('year_to') }}

),

memberships as (

    select * from {{ ref('fct_scope_member') }}
    where {{ in_touched_years('year') }}

),

final as (

    select
        matched.indicator_id,
        matched.method_version,
        matched.component_id,
        matched.year_to,
        memberships.scope_type,
        memberships.scope_id,
        count(*) filter (where matched.is_asked) as n_asked,
        count(*) filter (where matched.is_ambiguous) as n_ambiguous,
        count(*) filter (where matched.is_broken) as n_broken,
        count(*) filter (where matched.is_matched) as n_matched,
        count(*) filter (where matched.had_it) as numerator_from,
        count(*) filter (where matched.has_it) as numerator_to,
        count(*) filter (where matched.is_gained) as gained,
        count(*) filter (where matched.is_lost) as lost
    from matched
    inner join memberships
        on matched.project_id = memberships.project_id and matched.year_to = memberships.year
    where memberships.scope_type <> 'site'
    group by
        matched.indicator_id,
        matched.method_version,
        matched.component_id,
        matched.year_to,
        memberships.scope_type,
        memberships.scope_id

)

select * from final
