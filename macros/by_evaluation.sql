{#-
    Facts are built by evaluation: a model with the tag `by_evaluation` keeps the rows of evaluations that rest on what
    they rested on, and makes those of the others anew. What each rested on stands in `raw.built_evaluations`:

    - `int_evaluations__stamped` says what each rests on now, `int_evaluations__touched` which are to be made anew;
    - these are taken out of `raw.built_evaluations` before the first of their facts is changed (`mark_touched`);
    - each model deletes their rows, and those of evaluations that are no more (`delete_touched`), then inserts;
    - once all models were built, the new stamps are noted (`note_built`).

    So a build that ends anywhere in between leaves evaluations that are touched for the next one.
-#}

{#- The models and seeds that decide what facts look like; decisions on records are in the stamps themselves. -#}
{% macro code_stamp() -%}
    {%- set sums = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() -%}
            {%- if node.resource_type in ('model', 'seed') and not is_changed_by_hand(node) -%}
                {%- do sums.append(node.unique_id ~ node.checksum.checksum) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ local_md5(sums | sort | join('|')) }}
{%- endmacro %}

{#- Whether everything is to be built: on demand, or where one of the models with this tag is not there yet. -#}
{% macro builds_all(tag='by_evaluation') -%}
    {%- set found = namespace(all=flags.FULL_REFRESH) -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() if tag in node.tags -%}
            {%- if adapter.get_relation(node.database, node.schema, node.alias) is none -%}
                {%- set found.all = true -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ 'true' if found.all else 'false' }}
{%- endmacro %}

{% macro mark_touched() -%}
    {%- if target.type == 'duckdb' -%}
        insert into raw.untested_years
        select distinct year from {{ this }}
        union
        select split_part(built.evaluation_id, '@', -1)::integer
        from raw.built_evaluations as built
        where built.evaluation_id not in (
            select stamped.evaluation_id from {{ ref('int_evaluations__stamped') }} as stamped
        );
        delete from raw.built_evaluations
        where evaluation_id in (select evaluation_id from {{ this }});
        delete from raw.tested_evaluations
        where evaluation_id in (select evaluation_id from {{ this }})
    {%- endif -%}
{%- endmacro %}

{#- `year`: none of a table that does not lie by year. -#}
{% macro delete_touched(year='year') -%}
    {%- if target.type == 'duckdb' -%}
        {#- Named whether they are needed or not: dbt looks here for what a model depends on before it runs. -#}
        {%- set touched, records = ref('int_evaluations__touched'), ref('int_records__identified') -%}
        {%- if is_incremental() -%}
            delete from {{ this }}
            where
                {%- if year %}
                    {#- What is touched, or is no more, lies in these years. #}
                    {{ year }} in (select untested.year from raw.untested_years as untested) and
                {%- endif %}
                (
                    evaluation_id in (select evaluation_id from {{ touched }})
                    or evaluation_id not in (select evaluation_id from {{ records }})
                )
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro note_built(results) -%}
    {%- if execute and target.type == 'duckdb' and flags.WHICH in ('run', 'build') -%}
        {%- set built = [] -%}
        {%- for result in results if result.status == 'success' -%}
            {%- do built.append(result.node.unique_id) -%}
        {%- endfor -%}
        {%- for tag, what, key in [
            ('by_evaluation', 'evaluations', 'evaluation_id'), ('by_year', 'years', 'year'),
            ('by_year', 'sites', 'evaluation_id')
        ] -%}
            {%- set missing = [] -%}
            {%- set stamped = namespace(relation=none) -%}
            {%- for node in graph.nodes.values() -%}
                {%- if tag in node.tags or node.name == 'int_' ~ what ~ '__touched' -%}
                    {%- if node.unique_id not in built -%}{%- do missing.append(node.name) -%}{%- endif -%}
                {%- endif -%}
                {%- if node.name == 'int_' ~ what ~ '__stamped' -%}
                    {%- set stamped.relation = node.relation_name -%}
                {%- endif -%}
            {%- endfor -%}
            {%- if not missing and stamped.relation -%}
                create or replace table raw.built_{{ what }} as select {{ key }}, stamp from {{ stamped.relation }};
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
