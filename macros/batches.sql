{#-
    What grows with the number of evaluations is built some of them at a time, so that memory does not grow with them:

    - `int_evaluations__touched` and `int_years__touched` number their rows by `batch`, whole years in the latter;
    - a model with the tag `by_evaluation` or `by_year` is computed once for each batch (`duckdb__create_table_as`), while
      the variable `batch` of the connection says which is in hand;
    - whatever reads what was touched takes the batch in hand (`is_in_hand`), or all where none is.
-#}

{#- The evaluations of a batch: as many as a model can take in the memory that it is given (profiles.yml). -#}
{% macro batch_size() -%}
    {{ env_var('EFFETS_BATCH', '10000') | int }}
{%- endmacro %}

{% macro is_in_hand(batch) -%}
    {{ return(adapter.dispatch('is_in_hand', 'effets')(batch)) }}
{%- endmacro %}

{% macro default__is_in_hand(batch) -%}
    coalesce({{ batch }} = getvariable('batch'), true)
{%- endmacro %}

{% macro spark__is_in_hand(batch) -%}
    true
{%- endmacro %}

{#- What says which rows the present model makes anew, and in which batches; none if it is not built so. -#}
{% macro touched_by() -%}
    {%- for tag, touched in [('by_evaluation', 'int_evaluations__touched'), ('by_year', 'int_years__touched')]
            if tag in model.tags -%}
        {#- By its id: to go through the graph, dbt makes a dictionary of each of its nodes. -#}
        {% do return(graph.nodes['model.' ~ model.package_name ~ '.' ~ touched].relation_name) %}
    {%- endfor -%}
    {{ return(none) }}
{%- endmacro %}

{% macro batches(touched) -%}
    {% do return(run_query('select distinct batch from ' ~ touched ~ ' order by batch').rows | map(attribute=0) | list) %}
{%- endmacro %}

{#- The adapter's own way for the first batch; the others are added to what it made. -#}
{% macro duckdb__create_table_as(
    temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none
) -%}
    {%- set touched = touched_by() if execute and 'nodes' in graph else none -%}
    {%- set numbers = batches(touched) if touched else [] -%}
    {#- A model that failed may have left the variable set. -#}
    {%- if numbers | length > 1 %}set variable batch = {{ numbers[0] }};
    {%- elif numbers %}reset variable batch;
    {%- endif %}
    {{ dbt.duckdb__create_table_as(temporary, relation, compiled_code, language, partitioned_by, sorted_by) }}
    {%- if numbers | length > 1 %}
        {{ insert_batches(relation.include(database=not temporary, schema=not temporary), numbers[1:]) }}
    {%- endif %}
{%- endmacro %}

{#- Add what the present model makes anew to the table that is there; nothing if nothing was touched. -#}
{% macro insert_touched(relation) -%}
    {%- set touched = touched_by() -%}
    {%- set numbers = batches(touched) if touched else [none] -%}
    {%- if numbers | length > 1 %}
        {{ insert_batches(relation, numbers) }}
    {%- elif numbers %}
        reset variable batch;
        insert into {{ relation }} by name
        select * from ({{ compiled_code }}) as touched
    {%- else %}
        select 0 as touched
    {%- endif %}
{%- endmacro %}

{% macro insert_batches(relation, numbers) -%}
    {%- for number in numbers %}
        set variable batch = {{ number }};
        insert into {{ relation }} by name
        select * from ({{ compiled_code }}) as batch;
    {%- endfor %}
    reset variable batch
{%- endmacro %}
