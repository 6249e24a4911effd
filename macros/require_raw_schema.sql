{#-
    Stops a run at its start, in one sentence, where nothing was ever ingested, or an older version did; else every model
    would fail alone.
-#}
{% macro require_raw_schema() -%}
    {{ return(adapter.dispatch('require_raw_schema', 'effets')()) }}
{%- endmacro %}

{% macro default__require_raw_schema() %}
    {% if execute and flags.WHICH in ('run', 'build', 'test') %}
        {# What was added last to what a build notes (ingest/raw_tables.py). #}
        {% for table, column, remark in [
            ('exports', 'source_id', 'There is no raw schema in build.duckdb yet'),
            ('built_sites', 'code', 'The raw schema in build.duckdb is of an older version'),
        ] %}
            {% set found = run_query(
                "select count(*) from information_schema.columns where table_schema = 'raw' "
                "and table_name = '" ~ table ~ "' and column_name = '" ~ column ~ "'"
            ) %}
            {% if found.columns[0].values()[0] == 0 %}
                {% do exceptions.raise_compiler_error(remark ~ ": run `effets ingest` first, or `effets run`.") %}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}
