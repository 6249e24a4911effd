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

{#-
    SQL: whether what is noted as built is what would be built now. `effets build` makes anew what dbt made by hand: nobody
    knows by which macros.
-#}
{% macro is_as_built(stamped, built) -%}
    {%- set code = env_var('EFFETS_CODE', '') if execute else '' -%}
    {{ stamped }}.stamp = {{ built }}.stamp
    {%- if code %} and {{ built }}.code = '{{ code }}'{% endif %}
{%- endmacro %}

{#- Which rows are of evaluations that are made anew, of those in hand. -#}
{% macro in_touched_evaluations() -%}
    {%- set touched = ref('int_records__touched') -%}
    {#- The years first: what lies by year is then not read of the others. -#}
    year in (select touched.year from {{ touched }} as touched)
    and evaluation_id in (select touched.evaluation_id from {{ touched }} as touched)
{%- endmacro %}

{#- Take out of these notes what the present model says is to be made anew, and what is no more. -#}
{% macro take_out(notes, key, stamped) -%}
    {%- for note in notes %}
        delete from raw.{{ note }}
        where {{ key }} in (select touched.{{ key }} from {{ this }} as touched)
            or {{ key }} not in (select stamped.{{ key }} from {{ stamped }} as stamped);
    {%- endfor %}
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
        {{ take_out(['built_evaluations', 'tested_evaluations'], 'evaluation_id', ref('int_evaluations__stamped')) }}
    {%- endif -%}
{%- endmacro %}

{#- `year`: none of a table that does not lie by year. -#}
{% macro delete_touched(year='year') -%}
    {%- if target.type == 'duckdb' -%}
        {#- Named whether they are needed or not: dbt looks here for what a model depends on before it runs. -#}
        {%- set touched, records = ref('int_evaluations__touched'), ref('int_records__identified') -%}
        {%- if is_incremental() -%}
            {#- Of raw tables that were begun anew, nobody knows what is no more. #}
            {%- set is_known = run_query('select count(*) from raw.tested_evaluations').columns[0].values()[0] > 0 %}
            delete from {{ this }}
            where
                {%- if year and is_known %}
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

{#- The ids of the models that build what has a tag: all of them, or what was built is not known. -#}
{% macro parts_of(tag) -%}
    {%- set stamps = {
        'by_evaluation': ['int_evaluations__stamped', 'int_evaluations__touched'],
        'by_year': ['int_years__stamped', 'int_years__touched', 'int_sites__stamped', 'int_sites__touched'],
    } -%}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values() if tag in node.tags or node.name in stamps[tag] -%}
        {%- do found.append(node.unique_id) -%}
    {%- endfor -%}
    {% do return(found) %}
{%- endmacro %}

{#- Who builds a part of it by hand makes of the rest what nobody knows: the next build makes all anew. -#}
{% macro forget_built() -%}
    {%- if execute and target.type == 'duckdb' and flags.WHICH in ('run', 'build') -%}
        {%- for tag, tables in [
            ('by_evaluation', ['built_evaluations']), ('by_year', ['built_years', 'built_sites'])
        ] -%}
            {%- set parts = parts_of(tag) -%}
            {%- set chosen = parts | select('in', selected_resources) | list -%}
            {%- if chosen and chosen | length < parts | length -%}
                {%- for table in tables -%}{%- do run_query('delete from raw.' ~ table) -%}{%- endfor -%}
            {%- endif -%}
        {%- endfor -%}
        {#- dbt rolls back what was begun before the first node. -#}
        {%- do adapter.commit() -%}
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
            {%- if not parts_of(tag) | reject('in', built) | list -%}
                {#- What was made anew was taken out of it. #}
                insert into raw.built_{{ what }}
                select stamped.{{ key }}, stamped.stamp, nullif('{{ env_var('EFFETS_CODE', '') }}', '')
                from {{ graph.nodes['model.effets.int_' ~ what ~ '__stamped'].relation_name }} as stamped
                where stamped.{{ key }} not in (select built.{{ key }} from raw.built_{{ what }} as built);
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
