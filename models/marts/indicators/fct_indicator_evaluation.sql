{{ config(
    materialized='incremental' if target.type == 'duckdb' else 'table', incremental_strategy='append',
    on_schema_change='fail', tags=['by_year'], meta={'site': site_of_year('project_id', 'year')},
    pre_hook="{{ delete_sites() }}"
) }}

{#- A new family of indicators is one more model with these columns; what it leaves out is null. -#}
{%- set families = {
    'choices': ['numerator'],
    'numbers': ['numerator', 'value', 'value_low', 'value_high'],
    'documents': ['numerator', 'value'],
    'participation': ['numerator'],
    'breadth': ['numerator', 'numerator_low', 'numerator_high', 'value', 'value_low', 'value_high'],
    'gaps': ['numerator'],
    'scores': ['value'],
} -%}

with

evaluations as (

    select * from {{ ref('fct_evaluation') }}

),

facts as (
    {% for family, columns in families.items() %}
        {%- set counted = 'numerator' if 'numerator' in columns else 'null' %}
        select
            indicator_id,
            method_version,
            component_id,
            project_id,
            year,
            state,
            is_outside,
            {{ counted }}::integer as numerator,
            denominator::integer as denominator,
            {% for bound in ['numerator_low', 'numerator_high'] %}
                {{ bound if bound in columns else counted }}::integer as {{ bound }},
            {% endfor %}
            {{ 'value' if 'value' in columns else 'null' }}::double as value,
            {{ 'value_low' if 'value_low' in columns else 'null' }}::double as value_low,
            {{ 'value_high' if 'value_high' in columns else 'null' }}::double as value_high
        from {{ ref('int_indicators__' ~ family) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- Who is expected and gave no evaluation has none: participation asks for the missing, too.
final as (

    select
        facts.indicator_id,
        facts.method_version,
        facts.component_id,
        facts.project_id,
        facts.year,
        evaluations.evaluation_id,
        facts.state,
        facts.is_outside,
        facts.numerator,
        facts.denominator,
        facts.numerator_low,
        facts.numerator_high,
        facts.value,
        facts.value_low,
        facts.value_high
    from facts
    left join evaluations on facts.project_id = evaluations.project_id and facts.year = evaluations.year

)

select * from final
