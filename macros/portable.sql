{#-
    Everything that engines write differently. Each macro dispatches; `default__` is DuckDB's way, another engine adds
    `<engine>__` beside it. No model calls these functions of the engine directly.
-#}

{#- Keys are md5 of the parts joined by `|`: hash() differs between engines, md5 does not. -#}
{% macro hash_key(parts) -%}
    md5({% for part in parts %}cast({{ part }} as varchar){% if not loop.last %} || '|' || {% endif %}{% endfor %})
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

{#- How alike two texts are, 0 to 1. -#}
{% macro likeness(one, other) -%}
    {{ return(adapter.dispatch('likeness', 'effets')(one, other)) }}
{%- endmacro %}

{% macro default__likeness(one, other) -%}
    jaro_winkler_similarity({{ one }}, {{ other }})
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
