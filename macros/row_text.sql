{#- What several columns say, as one text: equal where all are equal, nulls included. For digests. -#}
{% macro row_text(columns) -%}
    {%- for column in columns -%}
        coalesce(cast({{ column }} as string), '~'){% if not loop.last %} || '|' || {% endif %}
    {%- endfor -%}
{%- endmacro %}
