{#-
    Stops a run at its start, in one sentence, where nothing was ever ingested, or an older version did; else every model
    would fail alone.
-#}
{% macro require_raw_schema() -%}
    {{ return(adapter.dispatch('require_raw_schema', 'effets')()) }}
{%- endmacro %}

{% macro default__require_raw_schema() %}
    {% if execute and flags.WHICH in ('run', 'build', 'test') %}
        {# The last of them is that of what a build notes (ingest/raw_tables.py). #}
        {% for table, remark in [
            ('exports', 'There is no raw schema in build.duckdb yet'),
            ('kept_nodes', 'The raw schema in build.duckdb is of an older version'),
        ] %}
            {% set found = run_query(
                "select count(*) from information_schema.tables where table_schema = 'raw' and table_name = '" ~ table ~ "'"
            ) %}
            {% if found.columns[0].values()[0] == 0 %}
                {% do exceptions.raise_compiler_error(remark ~ ": run `effets ingest` first, or `effets run`.") %}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}
