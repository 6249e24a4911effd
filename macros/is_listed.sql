{#- Is an item one of those that a text joins by `|`? A null list holds everything. -#}
{% macro is_listed(item, list) -%}
    ({{ list }} is null or position('|' || {{ item }} || '|' in '|' || {{ list }} || '|') > 0)
{%- endmacro %}
