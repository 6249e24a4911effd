{#-
    Within a year that is made anew (by_year.sql), the figures of a site that rest on what they rested on keep their
    rows, too: `fct_indicator_evaluation`, `fct_indicator_matched`, and the sites of `fct_indicator_value`. A site of a
    year goes by the id that its evaluation has, or would have. What each rested on stands in `raw.built_sites`:

    - `int_sites__stamped` says what each rests on now, `int_sites__touched` which are to be made anew;
    - the rest is as with years: `mark_sites`, `delete_sites`, `note_built`; `raw.tested_sites` names those that passed
      every test (tested.sql), `raw.published_sites` those whose rows a release holds (ingest/release_tables.py).

    A model says in its `meta` of which site a row is (`site`, SQL); null of a group's, which goes with its year.
-#}

{% macro site_of_year(project_id, year) -%}
    {{ project_id }} || '@' || {{ year }}
{%- endmacro %}

{#- Rows of sites that are made anew, of the years in hand. `site`: SQL of the site's id, if the rows hold no evaluation's. -#}
{% macro in_touched_sites(site='evaluation_id', year='year') -%}
    {{ return(adapter.dispatch('in_touched_sites', 'effets')(site, year)) }}
{%- endmacro %}

{% macro default__in_touched_sites(site, year) -%}
    {#- The years first: what lies by year is then not read of the others. -#}
    {{ in_touched_years(year) }}
    and {{ site }} in (select touched.evaluation_id from {{ ref('int_sites__touched') }} as touched)
{%- endmacro %}

{% macro spark__in_touched_sites(site, year) -%}
    {{ in_touched_years(year) }}
{%- endmacro %}

{% macro mark_sites() -%}
    {%- if target.type == 'duckdb' -%}
        {{ take_out(['built_sites', 'tested_sites', 'published_sites'], 'evaluation_id', ref('int_sites__stamped')) }}
    {%- endif -%}
{%- endmacro %}

{% macro delete_sites() -%}
    {%- if target.type == 'duckdb' -%}
        {#- Named whether they are needed or not: dbt looks here for what a model depends on before it runs. -#}
        {%- set years, present = ref('int_years__touched'), ref('int_years__stamped') -%}
        {%- set touched, stamped = ref('int_sites__touched'), ref('int_sites__stamped') -%}
        {%- if is_incremental() -%}
            {%- set year, site = model.config.meta.get('year_column', 'year'), model.config.meta.site -%}
            delete from {{ this }}
            where {{ year }} not in (select present.year from {{ present }} as present);
            delete from {{ this }}
            where {{ year }} in (select years.year from {{ years }} as years)
                and (
                    ({{ site }}) is null
                    or ({{ site }}) in (select touched.evaluation_id from {{ touched }} as touched)
                    or ({{ site }}) not in (select stamped.evaluation_id from {{ stamped }} as stamped)
                )
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
