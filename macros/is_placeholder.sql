{#-
    Is a text only a mark that somebody had nothing to write? True for signs alone ("/", ".", "?", dashes), one letter
    with or without a period, and the few phrases below, whatever their case, accents and punctuation.
    The list stays short on purpose: "non", "rien" or "aucun" may be meant as an answer.
-#}
{% macro is_placeholder(text) -%}
    {%- set words = text_key(text) -%}
    (
        (length({{ words }}) <= 1 and not {{ words }} between '0' and '9')
        or {{ words }} in (
            'ras', 'r a s', 'rien a signaler', 'neant', 'non renseigne', 'sans objet', 'nc', 'n c', 'na', 'n a'
        )
    )
{%- endmacro %}
