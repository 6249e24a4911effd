{#- Stops a run at its start, in one sentence, where nothing was ever ingested; else every model would fail alone. -#}
{% macro require_raw_schema() -%}
    {{ return(adapter.dispatch('require_raw_schema', 'effets')()) }}
{%- endmacro %}

{% macro default__require_raw_schema() %}
    {% if execute and flags.WHICH in ('run', 'build', 'test') %}
        {% set found = run_query(
            "select count(*) from information_schema.tables where table_schema = 'raw' and table_name = 'exports'"
        ) %}
        {% if found.columns[0].values()[0] == 0 %}
            {% do exceptions.raise_compiler_error(
                "There is no raw schema in build.duckdb yet: run `effets ingest` first, or `effets run`."
            ) %}
        {% endif %}
        {% do run_query("create table if not exists raw.loaded (source_id varchar, stored_sha256 varchar)") %}
        {% do run_query("create table if not exists raw.built_evaluations (evaluation_id varchar, stamp varchar)") %}
        {% do run_query("create table if not exists raw.built_years (year integer, stamp varchar)") %}
        {% do run_query("create table if not exists raw.built_sites (evaluation_id varchar, stamp varchar)") %}
        {% do run_query("create table if not exists raw.tested_sites (evaluation_id varchar)") %}
        {% do run_query("create table if not exists raw.published_sites (evaluation_id varchar, release varchar)") %}
        {% do run_query("create table if not exists raw.tested_evaluations (evaluation_id varchar)") %}
        {% do run_query("create table if not exists raw.untested_years as select year from raw.built_years") %}
        {% do run_query("create table if not exists raw.tested_keys (referred varchar, value varchar)") %}
        {% do run_query(
            "create table if not exists raw.compared_projects "
            "(project_id varchar, name varchar, postal_code varchar, stamp varchar)"
        ) %}
        {% do run_query("create table if not exists raw.passed_tests (unique_id varchar)") %}
        {% do run_query("create table if not exists raw.published_years (year integer, release varchar)") %}
        {% do run_query(
            "create table if not exists raw.kept_nodes (unique_id varchar, is_view boolean, code varchar)"
        ) %}
    {% endif %}
{% endmacro %}
