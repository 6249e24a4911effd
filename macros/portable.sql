{#-
    Everything that engines write differently. Each macro dispatches; `default__` is DuckDB's way, another engine adds
    `<engine>__` beside it. No model calls these functions of the engine directly.
-#}

{#- Keys are md5 of the parts joined by `|`: hash() differs between engines, md5 does not. -#}
{% macro hash_key(parts) -%}
    md5({% for part in parts %}cast({{ part }} as string){% if not loop.last %} || '|' || {% endif %}{% endfor %})
{%- endmacro %}

{#- Every match of a regular expression replaced; engines differ in whether the first match is all. -#}
{% macro replace_all(text, pattern, replacement) -%}
    {{ return(adapter.dispatch('replace_all', 'effets')(text, pattern, replacement)) }}
{%- endmacro %}

{% macro default__replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{#- Lower case without accents, the two ligatures of French written out. -#}
{% macro fold(text) -%}
    {{ return(adapter.dispatch('fold', 'effets')(text)) }}
{%- endmacro %}

{% macro default__fold(text) -%}
    replace(replace(strip_accents(lower({{ text }})), 'œ', 'oe'), 'æ', 'ae')
{%- endmacro %}

{#- How alike two texts are, 0 to 1: the letters of the longer one that need no change (Levenshtein's distance). -#}
{% macro likeness(one, other) -%}
    (1 - levenshtein({{ one }}, {{ other }})::double / greatest(length({{ one }}), length({{ other }}), 1))
{%- endmacro %}

{#- One row per element of a list; stands alone in a select list. -#}
{% macro explode(list) -%}
    {{ return(adapter.dispatch('explode', 'effets')(list)) }}
{%- endmacro %}

{% macro default__explode(list) -%}
    unnest({{ list }})
{%- endmacro %}

{#- Aggregate: the texts of a group, joined, in the order of `order_by`. -#}
{% macro join_texts(text, order_by, separator=', ') -%}
    {{ return(adapter.dispatch('join_texts', 'effets')(text, order_by, separator)) }}
{%- endmacro %}

{% macro default__join_texts(text, order_by, separator) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ order_by }})
{%- endmacro %}

{#- The data type of a list of texts. -#}
{% macro text_list() -%}
    {{ return(adapter.dispatch('text_list', 'effets')()) }}
{%- endmacro %}

{% macro default__text_list() -%}
    varchar[]
{%- endmacro %}

{#- The parts of a text that joins them by `|`, as a list. -#}
{% macro split_parts(text) -%}
    {{ return(adapter.dispatch('split_parts', 'effets')(text)) }}
{%- endmacro %}

{% macro default__split_parts(text) -%}
    string_split({{ text }}, '|')
{%- endmacro %}

{#- The same text with its parts in the order of the alphabet. -#}
{% macro sorted_parts(text) -%}
    {{ return(adapter.dispatch('sorted_parts', 'effets')(text)) }}
{%- endmacro %}

{% macro default__sorted_parts(text) -%}
    array_to_string(list_sort({{ split_parts(text) }}), '|')
{%- endmacro %}

{#- A number as people write it: `120`, not `120.0`. -#}
{% macro number_text(number) -%}
    {{ replace_all(number ~ '::string', '\\.0$', '') }}
{%- endmacro %}

{#-
    Aggregate: the sum of doubles, the same whatever the order in which rows and threads come: floating point addition
    is not associative. `condition`: of which rows.
-#}
{% macro ordered_sum(value, condition='true') -%}
    {{ return(adapter.dispatch('ordered_sum', 'effets')(value, condition)) }}
{%- endmacro %}

{% macro default__ordered_sum(value, condition) -%}
    sum({{ value }} order by {{ value }}) filter (where {{ value }} is not null and {{ condition }})
{%- endmacro %}
