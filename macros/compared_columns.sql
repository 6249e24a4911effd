{#- What is shown of two records that are compared: who says what, and where it stands. -#}
{% macro compared_columns() -%}
    {{ return([
        'record_id', 'source_id', 'format', 'state', 'answer', 'words', 'source_start', 'source_end', 'source_pointer',
    ]) }}
{%- endmacro %}
