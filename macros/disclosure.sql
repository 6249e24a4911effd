{#-
    May this many sites be told? Nobody, or three and more: rule 7 of the indicators.
-#}
{% macro is_safe_count(count) -%}
    (({{ count }}) = 0 or ({{ count }}) >= 3)
{%- endmacro %}

{#-
    May what a published level leaves of itself be told, once that of the matched sites is known? `numerator` and
    `denominator` are the level's; `matched` and `n_matched` what the matched sites have of it. All or none tell nothing
    new.
-#}
{% macro is_safe_rest(numerator, denominator, matched, n_matched) -%}
    (
        {{ numerator }} in (0, {{ denominator }})
        or (
            {{ is_safe_count(denominator ~ ' - ' ~ n_matched) }}
            and {{ is_safe_count(numerator ~ ' - ' ~ matched) }}
            and {{ is_safe_count(denominator ~ ' - ' ~ n_matched ~ ' - ' ~ numerator ~ ' + ' ~ matched) }}
        )
    )
{%- endmacro %}
