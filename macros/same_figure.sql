{#- Whether rows `one` and `other` are of the same component of the same version of an indicator. -#}
{% macro same_component(one, other) -%}
    {{ same_columns(one, other, ['indicator_id', 'method_version', 'component_id']) }}
{%- endmacro %}

{#- Whether they are of the same component in the same year and group of sites: of one figure. -#}
{% macro same_figure(one, other) -%}
    {{ same_columns(one, other, ['indicator_id', 'method_version', 'component_id', 'year', 'scope_type', 'scope_id']) }}
{%- endmacro %}

{% macro same_columns(one, other, columns) -%}
    {%- for column in columns -%}
        {{ one }}.{{ column }} = {{ other }}.{{ column }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
