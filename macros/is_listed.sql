{#- Is an item one of those that a text joins by `|`? -#}
{% macro is_listed(item, list) -%}
    position('|' || {{ item }} || '|' in '|' || {{ list }} || '|') > 0
{%- endmacro %}
