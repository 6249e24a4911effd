{#-
    Rows that passed every test, and that no build made anew since, are not asked again: what growing tables are tested
    for costs as what changed. `raw.tested_evaluations` and `raw.tested_years` name the evaluations and years that are so:

    - `mark_touched` and `mark_years` take out those that are to be made anew;
    - after a build in which every test passed, all are noted (`note_tested`);
    - a generic test of a model with the tag `by_evaluation` or `by_year` asks the rows of the others
      (`duckdb__get_where_subquery`), and so do the singular tests that say `is_untested`.

    All rows are asked by `dbt test`, after a full refresh, and by the tests that compare with other tables
    (`references_all`) or may warn, as a warning is said as long as there is cause for it.
-#}

{#- SQL: whether the evaluation or year in a column, named with its table, still has to be tested. -#}
{% macro is_untested(column, what='evaluations') -%}
    {{ return(adapter.dispatch('is_untested', 'effets')(column, what)) }}
{%- endmacro %}

{% macro default__is_untested(column, what) -%}
    {%- if flags.WHICH == 'build' -%}
        {#- A null was never tested. `not exists` would have DuckDB keep all rows in memory. -#}
        ({{ column }} is null or {{ column }} not in (
            select tested.{{ 'year' if what == 'years' else 'evaluation_id' }} from raw.tested_{{ what }} as tested
        ))
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{% macro spark__is_untested(column, what) -%}
    true
{%- endmacro %}

{#- What dbt has a generic test look at: the adapter's own way, but for the rows that were tested. -#}
{% macro duckdb__get_where_subquery(relation) -%}
    {%- set whole = dbt.default__get_where_subquery(relation) -%}
    {%- set meta = config.get('meta') or {} -%}
    {%- set may_warn = config.get('severity', 'error') | lower == 'warn' or config.get('error_if', '!= 0') != '!= 0' -%}
    {%- if execute and flags.WHICH == 'build' and not config.get('where') and not may_warn
            and not meta.get('asks_all_rows') -%}
        {%- set node = graph.nodes.get('model.effets.' ~ relation.identifier) -%}
        {%- if node and 'by_evaluation' in node.tags -%}
            {%- set untested = is_untested('asked.evaluation_id') -%}
        {%- elif node and 'by_year' in node.tags -%}
            {%- set untested = is_untested('asked.' ~ node.config.meta.get('year_column', 'year'), 'years') -%}
        {%- endif -%}
        {%- if untested -%}
            {%- do return('(select * from ' ~ relation ~ ' as asked where ' ~ untested ~ ')') -%}
        {%- endif -%}
    {%- endif -%}
    {%- do return(whole) -%}
{%- endmacro %}

{#- Note what was tested, where every test of the project was asked and passed. -#}
{% macro note_tested(results) -%}
    {%- if execute and target.type == 'duckdb' and flags.WHICH == 'build' -%}
        {%- set passed, faults = [], [] -%}
        {%- for result in results -%}
            {%- if result.status | string in ('pass', 'success', 'warn') -%}
                {%- do passed.append(result.node.unique_id) -%}
            {%- else -%}
                {%- do faults.append(result.node.unique_id) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for id, node in graph.nodes.items() if node.resource_type == 'test' and id not in passed -%}
            {%- do faults.append(id) -%}
        {%- endfor -%}
        {%- if not faults -%}
            create or replace table raw.tested_evaluations as select evaluation_id from raw.built_evaluations;
            create or replace table raw.tested_years as select year from raw.built_years;
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
