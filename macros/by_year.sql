{#-
    Figures are built by year: a model with the tag `by_year` keeps the rows of years that rest on what they rested on,
    and makes those of the others anew, as facts are by evaluation (by_evaluation.sql). What each year rested on stands
    in `raw.built_years`:

    - `int_years__stamped` says what each rests on now, `int_years__touched` which are to be made anew;
    - these are taken out of `raw.built_years` before the first of their figures is changed (`mark_years`), and out of
      `raw.published_years`, by which a publication knows what it need not look at (ingest/release_tables.py);
    - each model deletes their rows, and those of years that are no more (`delete_years`), then inserts;
    - once all models were built, the new stamps are noted (`note_built`).
-#}

{#- What all rows of a group say, whatever their order: a comparison within one engine, no key. -#}
{% macro rows_digest(columns) -%}
    count(*) || '/' || bit_xor(hash({{ columns | join(', ') }})) || '/'
    || sum(hash({{ columns | join(', ') }})::hugeint)
{%- endmacro %}

{% macro in_touched_years(year) -%}
    {{ year }} in (
        select touched.year from {{ ref('int_years__touched') }} as touched where {{ is_in_hand('touched.batch') }}
    )
{%- endmacro %}

{% macro mark_years() -%}
    {%- if target.type == 'duckdb' -%}
        insert into raw.untested_years
        select year from {{ this }};
        {{ take_out(['built_years', 'published_years'], 'year', ref('int_years__stamped')) }}
    {%- endif -%}
{%- endmacro %}

{% macro delete_years(year='year') -%}
    {%- if target.type == 'duckdb' -%}
        {#- Named whether they are needed or not: dbt looks here for what a model depends on before it runs. -#}
        {%- set touched, stamped = ref('int_years__touched'), ref('int_years__stamped') -%}
        {%- if is_incremental() -%}
            delete from {{ this }}
            where {{ year }} in (select touched.year from {{ touched }} as touched)
                or {{ year }} not in (select stamped.year from {{ stamped }} as stamped)
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
