with

components as (

    select * from {{ ref('int_indicators__components') }}

),

sites as (

    select * from {{ ref('int_indicators__scopes') }}
    where scope_type = 'site' and {{ in_touched_sites(site_of_year('scope_id', 'year')) }}

),

facts as (

    select
        indicator_id,
        method_version,
        component_id,
        project_id,
        year
    from {{ ref('fct_indicator_evaluation') }}
    where {{ in_touched_sites() }}

),

final as (

    select
        components.indicator_id,
        components.method_version,
        components.component_id,
        sites.scope_id as project_id,
        sites.year
    from components
    cross join sites
    left join facts
        on
            {{ same_component('components', 'facts') }}
            and sites.scope_id = facts.project_id
            and sites.year = facts.year
    where facts.project_id is null

)

select * from final
