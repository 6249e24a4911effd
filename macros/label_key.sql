{#-
    What two spellings of one label have in common: no case or accents, apostrophes and blanks made plain, blanks
    squeezed. The codebook compares labels by the same key (`label_key` in ingest/codebook.py; a test holds the two
    equal), so that one spelling added to the codebook is enough for all that share it.
-#}
{% macro label_key(label) -%}
    {{ return(adapter.dispatch('label_key', 'effets')(label)) }}
{%- endmacro %}

{% macro default__label_key(label) -%}
    {%- set apostrophes = "’‘ʼ" -%}
    {%- set blanks = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000" -%}
    trim(
        regexp_replace(
            lower(strip_accents(translate(
                nfc_normalize({{ label }}),
                '{{ apostrophes ~ blanks }}',
                '{{ "''" * (apostrophes | length) ~ " " * (blanks | length) }}'
            ))),
            '[ \n\x0B\f\r]+',
            ' ',
            'g'
        ),
        ' '
    )
{%- endmacro %}
