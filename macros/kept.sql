{#-
    A build by the code that built the tables that are there need not make again what would be the same: views, tables that
    rest on seeds alone, and these tables' tests. `raw.kept_nodes` names them once all was built and passed, with the code
    (a digest that `effets build` gives as EFFETS_CODE, and by which it leaves them out). A dbt that is run by hand makes
    all anew, and what it made is not taken for the work of the code that effets knows.
-#}

{% macro forget_kept() -%}
    {%- if execute and target.type == 'duckdb' and flags.WHICH != 'test'
            and adapter.get_relation(target.database, 'raw', 'kept_nodes') is not none -%}
        {%- do run_query(
            "delete from raw.kept_nodes where code is distinct from nullif('" ~ env_var('EFFETS_CODE', '') ~ "', '')"
        ) -%}
        {#- dbt rolls back what was begun before the first node. -#}
        {%- do adapter.commit() -%}
    {%- endif -%}
{%- endmacro %}

{#- The unique ids of what the present build was told to leave out. -#}
{% macro kept_nodes() -%}
    {% do return(run_query('select unique_id from raw.kept_nodes').columns[0].values() | list) %}
{%- endmacro %}

{#- `results`: those of a build in which every node was asked, each after what it rests on. -#}
{% macro note_kept(results) -%}
    {%- set rests_on_seeds, views, others = [], [], [] -%}
    {%- for result in results -%}
        {%- set node = result.node -%}
        {%- set data = [] -%}
        {%- for id in node.depends_on.nodes or [] if id not in rests_on_seeds -%}{%- do data.append(id) -%}{%- endfor -%}
        {%- if not data and not is_changed_by_hand(node) -%}{%- do rests_on_seeds.append(node.unique_id) -%}{%- endif -%}
        {%- if node.config.materialized == 'view' -%}
            {%- do views.append(node.unique_id) -%}
        {%- elif node.unique_id in rests_on_seeds and result.status | string in ('success', 'pass') -%}
            {%- do others.append(node.unique_id) -%}
        {%- endif -%}
    {%- endfor -%}
    insert into raw.kept_nodes
    select unnest({{ views }}::varchar[]), true, '{{ env_var('EFFETS_CODE') }}'
    union all
    select unnest({{ others }}::varchar[]), false, '{{ env_var('EFFETS_CODE') }}'
{%- endmacro %}

{#- Seeds that are no code: what changes them makes nothing else anew. -#}
{% macro is_changed_by_hand(node) -%}
    {% do return('/corrections/' in node.original_file_path or '/dictionary/' in node.original_file_path) %}
{%- endmacro %}
