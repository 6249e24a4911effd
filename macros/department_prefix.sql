{#- The département that a postal or commune code begins with: three characters overseas, 2A and 2B in Corsica. -#}
{% macro department_prefix(code) -%}
    case
        when substr({{ code }}, 1, 3) in ('200', '201') then '2A'
        when substr({{ code }}, 1, 3) in ('202', '206') then '2B'
        when substr({{ code }}, 1, 2) in ('97', '98') then substr({{ code }}, 1, 3)
        else substr({{ code }}, 1, 2)
    end
{%- endmacro %}
