{#-
    Seeds, read by DuckDB alone. dbt's own way reads each file in Python first, which takes most of a seed's time, and
    fills the table that is there, which fails as soon as a file has another column.
-#}
{% materialization seed, adapter='duckdb' %}

    {%- set relation = this.incorporate(type='table') -%}
    {%- set types = config.get('column_types') or {} -%}

    {{ run_hooks(pre_hooks) }}

    {% call statement('main') -%}
        create or replace table {{ relation }} as
        from read_csv(
            '{{ adapter.get_seed_file_path(model) | replace("'", "''") }}',
            header = true,
            delim = ',',
            quote = '"',
            escape = '"',
            dateformat = '%Y-%m-%d',
            types = {
                {%- for column, type in types.items() %}'{{ column }}': '{{ type }}'{{ ', ' if not loop.last }}{% endfor -%}
            }
        )
    {%- endcall %}

    {#- dbt asks for the rows, to print them; there are none. -#}
    {% do store_result('agate_table', response='OK', agate_table=load_result('main').table) %}
    {% do persist_docs(relation, model) %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [relation]}) }}

{% endmaterialization %}
