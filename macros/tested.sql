{#-
    Rows that passed every test, and that no build made anew since, are not asked again: what growing tables are tested
    for costs as what changed. `raw.tested_evaluations` names the evaluations that are so, `raw.tested_sites` the sites of
    a campaign, `raw.untested_years` the years in which others lie:

    - `mark_touched`, `mark_sites` and `mark_years` note what is to be made anew;
    - after a build in which every test passed, all is noted as tested (`note_tested`), and beside it which tests found
      nothing at all to warn of (`raw.passed_tests`), and what rows referred to (`raw.tested_keys`);
    - a generic test of a model with the tag `by_evaluation` or `by_year` asks the other rows (`duckdb__get_where_subquery`),
      and so do the singular tests that say `is_untested`. A reference is asked for again where what it led to is gone
      (`references_all`).

    All rows are asked by `dbt test`, after a full refresh, and by the tests that warned, as a warning is said as long as
    there is cause for it.
-#}

{#- SQL, for a singular test: whether the evaluation, or the year, that a row belongs to still has to be tested. -#}
{% macro is_untested(table, what='evaluations', year='year') -%}
    {{ return(adapter.dispatch('is_untested', 'effets')(table, what, year)) }}
{%- endmacro %}

{% macro default__is_untested(table, what, year) -%}
    {#- Before that is built, what is to be made anew counts as tested: so dbt learns to wait for it. -#}
    {%- set touched = ref('int_' ~ what ~ '__touched') -%}
    {{ untested_rows(table, what, year) if flags.WHICH == 'build' else 'true' }}
{%- endmacro %}

{% macro spark__is_untested(table, what, year) -%}
    true
{%- endmacro %}

{#- `year`: none for a table with rows of no evaluation, as the years name those of evaluations alone. -#}
{% macro untested_rows(table, what, year='year') -%}
    {%- if year -%}
        {#- The years first: what lies by year is then not read of the others. -#}
        {{ table }}.{{ year }} in (select untested.year from raw.untested_years as untested)
        {%- if what == 'evaluations' %} and {% endif -%}
    {%- endif -%}
    {%- if what == 'evaluations' -%}
        {#- A null was never tested. `not exists` would have DuckDB keep all rows in memory. -#}
        (
            {{ table }}.evaluation_id is null
            or {{ table }}.evaluation_id not in (select tested.evaluation_id from raw.tested_evaluations as tested)
        )
    {%- endif -%}
{%- endmacro %}

{#- SQL: whether a row still has to be tested, of the site that `site` says, or of none. -#}
{% macro is_untested_site(site) -%}
    {{ return(adapter.dispatch('is_untested_site', 'effets')(site)) }}
{%- endmacro %}

{% macro default__is_untested_site(site) -%}
    {%- set touched = ref('int_sites__touched') -%}
    {{ untested_site(site) if flags.WHICH == 'build' else 'true' }}
{%- endmacro %}

{% macro spark__is_untested_site(site) -%}
    true
{%- endmacro %}

{% macro untested_site(site) -%}
    (({{ site }}) is null or ({{ site }}) not in (select tested.evaluation_id from raw.tested_sites as tested))
{%- endmacro %}

{#- What dbt has a generic test look at: the adapter's own way, but for the rows that were tested. -#}
{% macro duckdb__get_where_subquery(relation) -%}
    {%- set whole = dbt.default__get_where_subquery(relation) -%}
    {%- set may_warn = config.get('severity', 'error') | lower == 'warn' or config.get('error_if', '!= 0') != '!= 0' -%}
    {%- if execute and flags.WHICH == 'build' and not config.get('where')
            and not (may_warn and model.unique_id not in passed_tests()) -%}
        {%- set node = graph.nodes.get('model.effets.' ~ relation.identifier) -%}
        {%- if node and 'by_evaluation' in node.tags -%}
            {%- set untested = untested_rows('asked', 'evaluations') -%}
        {%- elif node and 'by_year' in node.tags -%}
            {%- set meta = node.config.meta -%}
            {%- set year = meta.get('year_column', 'year') -%}
            {%- set untested = untested_rows('asked', 'years', year) -%}
            {%- if meta.site -%}{%- set untested = untested ~ ' and ' ~ untested_site(meta.site) -%}{%- endif -%}
        {%- endif -%}
        {%- if untested -%}
            {%- do return('(select * from ' ~ relation ~ ' as asked where ' ~ untested ~ ')') -%}
        {%- endif -%}
    {%- endif -%}
    {%- do return(whole) -%}
{%- endmacro %}

{% macro passed_tests() -%}
    {% do return(run_query('select unique_id from raw.passed_tests').columns[0].values()) %}
{%- endmacro %}

{#- The table or view that the present generic test is about, all of it. -#}
{% macro attached_relation() -%}
    {%- set node = graph.nodes[model.attached_node] -%}
    {% do return(adapter.get_relation(node.database, node.schema, node.alias)) %}
{%- endmacro %}

{#- SQL: the values of a column that rows refer to, and that was there when they were tested, but is no more. -#}
{% macro gone_keys(relation, field) -%}
    select tested.value from raw.tested_keys as tested
    where tested.referred = '{{ relation }}.{{ field }}'
        and tested.value not in (select there.{{ field }}::varchar from {{ relation }} as there)
{%- endmacro %}

{#- Columns that the rows of tables built in parts refer to: relation and field. -#}
{% macro referred_columns() -%}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values()
            if node.resource_type == 'test' and node.test_metadata and node.test_metadata.name == 'references_all' -%}
        {%- set tags = graph.nodes[node.attached_node].tags -%}
        {%- for reference in node.test_metadata.kwargs.references if 'by_evaluation' in tags or 'by_year' in tags -%}
            {%- for id in node.depends_on.nodes if graph.nodes[id].name == reference.to -%}
                {%- do found.append((graph.nodes[id].relation_name, reference.field or reference.column)) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {% do return(found | unique | list) %}
{%- endmacro %}

{#- SQL: make a column of notes, or the part of it about what is `referred`, hold the values of another column. -#}
{% macro bring_up(notes, column, relation, field, referred=none) -%}
    {%- set is_about = "referred = '" ~ referred ~ "'" if referred else 'true' -%}
    delete from {{ notes }}
    where {{ is_about }} and {{ column }} not in (
        select there.{{ field }}::varchar from {{ relation }} as there where there.{{ field }} is not null
    );
    insert into {{ notes }}
    select distinct {% if referred %}'{{ referred }}', {% endif %}there.{{ field }}::varchar
    from {{ relation }} as there
    where there.{{ field }} is not null
        and there.{{ field }}::varchar not in (
            select noted.{{ column }} from {{ notes }} as noted where {{ is_about }}
        );
{%- endmacro %}

{#- Note what was tested, where every test of the project was asked and passed. -#}
{% macro note_tested(results) -%}
    {%- if execute and target.type == 'duckdb' and flags.WHICH == 'build' -%}
        {%- set kept = kept_nodes() -%}
        {%- set passed, clean, faults = [], [], [] -%}
        {%- for result in results -%}
            {%- if result.status | string in ('pass', 'success', 'warn') -%}
                {%- do passed.append(result.node.unique_id) -%}
                {%- if result.status | string == 'pass' -%}{%- do clean.append(result.node.unique_id) -%}{%- endif -%}
            {%- else -%}
                {%- do faults.append(result.node.unique_id) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- set done = passed + kept -%}
        {%- for id, node in graph.nodes.items() if node.resource_type == 'test' and id not in done -%}
            {%- do faults.append(id) -%}
        {%- endfor -%}
        {%- if not faults -%}
            {#- Most stands there: what is written anew would be as much as there is. -#}
            {%- for what in ['evaluations', 'sites'] %}
                {{ bring_up('raw.tested_' ~ what, 'evaluation_id', 'raw.built_' ~ what, 'evaluation_id') }}
            {%- endfor %}
            create or replace table raw.passed_tests as
            select unnest({{ clean }}::varchar[]) as unique_id
            union all
            select unique_id from raw.kept_nodes where unique_id like 'test.%';
            {%- set referred = referred_columns() %}
            delete from raw.tested_keys
            where referred not in ('{{ referred | map('join', '.') | join("', '") }}');
            {%- for relation, field in referred %}
                {{ bring_up('raw.tested_keys', 'value', relation, field, relation ~ '.' ~ field) }}
            {%- endfor %}
            delete from raw.untested_years;
            {%- if env_var('EFFETS_CODE', '') and not kept %}{{ note_kept(results) }}{% endif -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
