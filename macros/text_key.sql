{#- The words of a text, for comparison: no case, accents, punctuation or line breaks. -#}
{% macro text_key(text) -%}
    trim({{ replace_all(fold(text), '[^\\p{L}\\p{N}]+', ' ') }})
{%- endmacro %}
