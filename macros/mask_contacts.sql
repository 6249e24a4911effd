{#-
    A text in which e-mail addresses and phone numbers are replaced by dots, for whatever may be shown. It masks too much
    rather than too little: every word with an @ inside, and every run of digits that can be dialled in France or from
    abroad, however it is written.

    mask_contacts(text, is_cut): `is_cut`, a condition, says where the text may have been cut; there, the beginning of
    a number at the end is masked, too. Patterns are those that RE2 and Java share: no look-around.
-#}
{% macro mask_contacts(text, is_cut='false') -%}
    {%- set at = '(?:@|＠|﹫|%40|&#64;|&commat;)' -%}
    {%- set word = '[^\\s\\p{Z}@＠﹫•<>()\\[\\]{}«»",;:]' -%}
    {%- set label = '[\\p{L}\\p{N}_-]+' -%}
    {%- set point = '(?:\\.|[\\s\\p{Z}]*[(\\[{][\\s\\p{Z}]*(?:\\.|dot|point|pt)[\\s\\p{Z}]*[)\\]}][\\s\\p{Z}]*|[\\s\\p{Z}]+(?:dot|point)[\\s\\p{Z}]+)' -%}
    {%- set domain = label ~ '(?:' ~ point ~ label ~ ')*' ~ point ~ '\\p{L}{2,}' -%}
    {%- set open = '[\\s\\p{Z}]*[(\\[{<][\\s\\p{Z}]*' -%}
    {%- set close = '[\\s\\p{Z}]*[)\\]}>][\\s\\p{Z}]*' -%}
    {%- set between = '[\\s\\p{Z}]*' -%}
    {%- set far_at = [
        open ~ '(?:' ~ at ~ '|at|arobase?|arobas|a|à|chez)' ~ close,
        between ~ at ~ between,
        '[\\s\\p{Z}]+(?:at|arobase?|arobas)[\\s\\p{Z}]+',
    ] -%}
    {#- Between the digits of a number: blanks, signs, and characters that do not show. -#}
    {%- set gap = '[\\s\\p{Z}\\p{Cf}\\p{Pd}.·•_]' -%}
    {%- set wide_gap = '[\\s\\p{Z}\\p{Cf}\\p{Pd}.·•_/,:()|]' -%}
    {%- set digit = '\\p{Nd}' -%}
    {%- set before = '(^|[^\\p{Nd}])' -%}
    {%- set pairs = '(?:' ~ wide_gap ~ '{1,4}' ~ digit ~ '{2}){4}' -%}
    {%- set zero = '[0０]' -%}
    {%- set abroad = '(?:[+＋]|' ~ zero ~ gap ~ '?' ~ zero ~ ')' -%}
    {#- A prefix in brackets of its own takes them with it; brackets around the whole number stay. -#}
    {%- set prefix = '(?:\\(' ~ zero ~ digit ~ '\\)|\\(' ~ zero ~ '\\)' ~ gap ~ '{0,3}' ~ digit ~ '|' ~ zero ~ wide_gap ~ '{0,4}' ~ digit ~ ')' -%}
    {%- set numbers = [
        before ~ '(?:\\(' ~ abroad ~ digit ~ '{1,3}\\)|' ~ abroad ~ wide_gap ~ '{0,3}' ~ digit ~ ')(?:' ~ wide_gap ~ '{0,4}' ~ digit ~ '){8,14}',
        before ~ '(?:\\(33\\)|33)' ~ wide_gap ~ '{1,4}(?:' ~ zero ~ wide_gap ~ '{1,4})?' ~ digit ~ pairs,
        before ~ prefix ~ pairs,
        before ~ prefix ~ '(?:' ~ gap ~ '{0,3}' ~ digit ~ '){8,}',
        '(^|[^\\p{L}\\p{Nd}])[oO]' ~ gap ~ '{0,3}' ~ digit ~ '(?:' ~ gap ~ '{0,3}' ~ digit ~ '){8}',
    ] -%}
    {%- set masked = namespace(text=text) -%}
    {%- for sign in far_at -%}
        {%- set masked.text = replace_all(masked.text, '(?i)' ~ word ~ '+' ~ sign ~ domain, '•••@•••') -%}
    {%- endfor -%}
    {%- set masked.text = replace_all(masked.text, '(?i)(?:"[^"]{1,64}"|' ~ word ~ '+)' ~ at ~ '(?:' ~ label ~ '(?:\\.' ~ label ~ ')*)?', '•••@•••') -%}
    {%- for number in numbers -%}
        {%- set masked.text = replace_all(masked.text, number, '\\1•• •• •• •• ••') -%}
    {%- endfor -%}
    case
        when {{ is_cut }}
            then {{ replace_all(masked.text, before ~ '(?:[+＋]|[0０])(?:' ~ wide_gap ~ '{0,4}' ~ digit ~ '){1,13}' ~ wide_gap ~ '*$', '\\1•• •• •• •• ••') }}
        else {{ masked.text }}
    end
{%- endmacro %}
