{#
    Where dbt works on several nodes at once (`effets build` of a part: two), DuckDB's threads are shared out among
    them: of many small queries, those that share one wait for each other more than they work.
#}
{% macro share_processors() %}
    {% if execute and target.type == 'duckdb' and target.threads > 1 %}
        {% set threads = run_query("select current_setting('threads')").columns[0].values()[0] %}
        {% do run_query('set threads = ' ~ [threads // target.threads, 1] | max) %}
    {% endif %}
{% endmacro %}
