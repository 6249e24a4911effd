{#-
    The letters of a commune's name, for comparison: no case, accents or punctuation, `St` written out, without the
    number of an arrondissement and without CEDEX.
-#}
{% macro commune_key(name) -%}
    {%- set key = fold(name) -%}
    {%- set key = replace_all(key, '\\bst(e?)\\b', 'saint\\1') -%}
    {%- set key = replace_all(key, '\\bcedex\\b.*$', '') -%}
    {%- set key = replace_all(key, '\\b[0-9]+ ?(er|e|eme)?( arrondissement)?\\b', '') -%}
    {{ replace_all(key, '[^a-z]+', '') }}
{%- endmacro %}
