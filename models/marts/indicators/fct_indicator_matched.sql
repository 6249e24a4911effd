{{ config(
    materialized='incremental' if target.type == 'duckdb' else 'table', incremental_strategy='append',
    on_schema_change='fail', tags=['by_year'], meta={'year_column': 'year_to', 'site': site_of_year('project_id', 'year_to')},
    pre_hook="{{ delete_sites() }}"
) }}

with

components as (

    select * from {{ ref('int_indicators__components') }}
    where is_binary

),

breaks as (

    select * from {{ ref('int_indicators__breaks') }}
    where generation_from is not null

),

pairs as (

    select * from (
        select
            year as year_to,
            lag(year) over (order by year) as year_from
        from {{ ref('dim_campaign') }}
    ) as campaigns
    where year_from is not null

),

after as (

    select
        facts.*,
        components.question_id
    from {{ ref('fct_indicator_evaluation') }} as facts
    inner join components
        on {{ same_component('facts', 'components') }}
    where {{ in_touched_sites(site_of_year('facts.project_id', 'facts.year'), 'facts.year') }}

),

-- In which wording of the page an evaluation was read, for breaks between generations.
generations as (

    select
        responses.project_id,
        responses.year,
        responses.question_id,
        sources.generation
    from {{ ref('fct_response') }} as responses
    inner join {{ ref('dim_source') }} as sources on responses.source_id = sources.source_id
    where
        sources.generation is not null
        and responses.question_id in (select breaks.question_id from breaks)

),

final as (

    select
        after.indicator_id,
        after.method_version,
        after.component_id,
        after.project_id,
        pairs.year_from,
        pairs.year_to,
        before.state <> 'not_asked' and after.state <> 'not_asked' as is_asked,
        'ambiguous' in (before.state, after.state) as is_ambiguous,
        before.denominator = 1 and after.denominator = 1 as is_matched,
        before.denominator = 1 and after.denominator = 1 and before.numerator = 1 as had_it,
        before.denominator = 1 and after.denominator = 1 and after.numerator = 1 as has_it,
        before.denominator = 1 and after.denominator = 1 and after.numerator > before.numerator as is_gained,
        before.denominator = 1 and after.denominator = 1 and after.numerator < before.numerator as is_lost,
        before.denominator = 1 and after.denominator = 1 and exists (
            select 1 from breaks
            where
                {{ same_component('breaks', 'after') }}
                and least(before_page.generation, after_page.generation) <= breaks.generation_from
                and greatest(before_page.generation, after_page.generation) >= breaks.generation_to
        ) as is_broken
    from pairs
    inner join after on pairs.year_to = after.year
    inner join {{ ref('fct_indicator_evaluation') }} as before
        on
            pairs.year_from = before.year
            and after.project_id = before.project_id
            and {{ same_component('after', 'before') }}
    left join generations as before_page
        on
            before.project_id = before_page.project_id
            and before.year = before_page.year
            and after.question_id = before_page.question_id
    left join generations as after_page
        on
            after.project_id = after_page.project_id
            and after.year = after_page.year
            and after.question_id = after_page.question_id
)

select * from final
