{#-
    Spark's way of what engines write differently, beside DuckDB's in the other files; Sail takes the same. Spark reads
    a backslash in a text as an escape: patterns get theirs doubled here, once.
-#}

{#- A text as a literal. -#}
{% macro spark_text(text) -%}
    '{{ text | replace('\\', '\\\\') | replace("'", "\\'") }}'
{%- endmacro %}

{#- RE2 folds the case of every letter, Java that of ASCII alone unless it is told. -#}
{% macro spark__replace_all(text, pattern, replacement) -%}
    regexp_replace(
        {{ text }}, {{ spark_text(pattern | replace('(?i)', '(?iu)')) }}, {{ spark_text(replacement | replace('\\', '$')) }}
    )
{%- endmacro %}

{#- Lower-case Latin letters that have accents, and without them: Spark has no Unicode normalisation. -#}
{% macro spark_bare(text) -%}
    regexp_replace(translate({{ text }}, 'àáâãäåçèéêëìíîïñòóôõöùúûüýÿāăąćĉċčďēĕėęěĝğġģĥĩīĭįĵķĺļľńņňōŏőŕŗřśŝşšţťũūŭůűųŵŷźżžơưǎǐǒǔǖǘǚǜǟǡǧǩǫǭǰǵǹǻȁȃȅȇȉȋȍȏȑȓȕȗșțȟȧȩȫȭȯȱȳḁḃḅḇḉḋḍḏḑḓḕḗḙḛḝḟḡḣḥḧḩḫḭḯḱḳḵḷḹḻḽḿṁṃṅṇṉṋṍṏṑṓṕṗṙṛṝṟṡṣṥṧṩṫṭṯṱṳṵṷṹṻṽṿẁẃẅẇẉẋẍẏẑẓẕẖẗẘẙạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ', 'aaaaaaceeeeiiiinooooouuuuyyaaaccccdeeeeegggghiiiijklllnnnooorrrssssttuuuuuuwyzzzouaiouuuuuaagkoojgnaaaeeiioorruusthaeooooyabbbcdddddeeeeefghhhhhiikkkllllmmmnnnnoooopprrrrsssssttttuuuuuvvwwwwwxxyzzzhtwyaaaaaaaaaaaaeeeeeeeeiioooooooooooouuuuuuuyyyy'), '\\p{Mn}', '')
{%- endmacro %}

{% macro spark__fold(text) -%}
    replace(replace({{ spark_bare('lower(' ~ text ~ ')') }}, 'œ', 'oe'), 'æ', 'ae')
{%- endmacro %}

{% macro spark__label_key(label) -%}
    trim(regexp_replace(
        {{ spark_bare("lower(translate(" ~ label ~ ", '’‘ʼ', '\\'\\'\\''))") }}, '[\\s\\p{Zs}]+', ' '
    ))
{%- endmacro %}

{% macro spark__explode(list) -%}
    explode({{ list }})
{%- endmacro %}

{% macro spark__join_texts(text, order_by, separator) -%}
    listagg({{ text }}, '{{ separator }}') within group (order by {{ order_by }})
{%- endmacro %}

{% macro spark__text_list() -%}
    array<string>
{%- endmacro %}

{% macro spark__split_parts(text) -%}
    split({{ text }}, '\\|')
{%- endmacro %}

{% macro spark__sorted_parts(text) -%}
    array_join(array_sort({{ split_parts(text) }}), '|')
{%- endmacro %}

{% macro spark__quantile(value, share) -%}
    percentile({{ value }}, {{ share }})
{%- endmacro %}

{#-
    Without lgamma: logarithms of factorials, exact up to 20, by Stirling's series above (Abramowitz and Stegun, Handbook
    of Mathematical Functions, 6.1.41; the first term left out is below 1e-12 there).
-#}
{% macro spark_log_factorial(n) -%}
    case
        when {{ n }} <= 20 then ln(factorial(cast({{ n }} as int)))
        else
            ({{ n }} + 0.5D) * ln({{ n }} + 1D - 1D) - {{ n }} + 0.5D * ln(2 * pi())
            + 1 / (12D * {{ n }}) - 1 / (360D * power({{ n }}, 3)) + 1 / (1260D * power({{ n }}, 5))
    end
{%- endmacro %}

{% macro spark__binomial_half_tail(k, n) -%}
    aggregate(
        transform(
            sequence(0, cast({{ k }} as int)),
            x -> exp(
                {{ spark_log_factorial('(' ~ n ~ ')') }} - {{ spark_log_factorial('x') }}
                - {{ spark_log_factorial('(' ~ n ~ ' - x)') }} - ({{ n }}) * ln(2)
            )
        ),
        cast(0 as double),
        (total, x) -> total + x
    )
{%- endmacro %}

{#- What DuckDB checks against a contract, Spark writes in types of other names: a comparison of both is the test. -#}
{% macro spark__get_assert_columns_equivalent(sql) -%}
{%- endmacro %}

{% macro spark__persist_constraints(relation, model) %}
{% endmacro %}

{#- The raw tables, handed over as Parquet files, one each, in the folder EFFETS_RAW. -#}
{% macro spark__require_raw_schema() %}
    {% if execute and flags.WHICH in ('run', 'build', 'test') %}
        {% set folder = env_var('EFFETS_RAW') %}
        {% for source in graph.sources.values() %}
            {% do run_query('create database if not exists ' ~ source.schema) %}
            {% do run_query('drop table if exists ' ~ source.schema ~ '.' ~ source.identifier) %}
            {% do run_query(
                "create table " ~ source.schema ~ "." ~ source.identifier ~ " using parquet location "
                ~ spark_text(folder ~ '/' ~ source.identifier ~ '.parquet')
            ) %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{#-
    Seeds, read by Spark itself: dbt's own way inserts each row from Python. Every column is read as text, since
    Spark's inference would take `01` for a number; where no type is declared, the inferred one is taken.
-#}
{% materialization seed, adapter='spark' %}

    {%- set relation = this.incorporate(type='table') -%}
    {%- set types = config.get('column_types') or {} -%}
    {%- set path = spark_text(model.root_path ~ '/' ~ model.original_file_path) -%}
    {%- set columns = [] -%}

    {{ run_hooks(pre_hooks) }}
    {%- for name, inferred in [('seed_as_inferred', 'true'), ('seed_as_text', 'false')] -%}
        {%- do run_query(
            "create or replace temporary view " ~ name ~ " using csv options (path " ~ path
            ~ ", header 'true', escape '\"', multiLine 'true', encoding 'UTF-8', inferSchema '" ~ inferred ~ "')"
        ) -%}
    {%- endfor -%}
    {%- for column in run_query('describe table seed_as_inferred').rows -%}
        {%- set type = types.get(column[0], column[1]) | replace('varchar', 'string') -%}
        {%- do columns.append('cast(' ~ column[0] ~ ' as ' ~ type ~ ') as ' ~ column[0]) -%}
    {%- endfor -%}
    {%- do run_query('drop table if exists ' ~ relation) -%}
    {% call statement('main') -%}
        create table {{ relation }} using parquet as select {{ columns | join(', ') }} from seed_as_text
    {%- endcall %}

    {#- dbt asks for the rows, to print them; there are none. -#}
    {% do store_result('agate_table', response='OK', agate_table=load_result('main').table) %}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [relation]}) }}

{% endmaterialization %}

{% macro spark__ordered_sum(value, condition) -%}
    aggregate(
        array_sort(collect_list({{ value }}) filter (where {{ condition }})),
        cast(null as double), (total, item) -> coalesce(total, 0d) + item
    )
{%- endmacro %}
