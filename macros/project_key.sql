{#-
    What two slugs of one project share: the slug with its elisions closed (`l-amarre` and `lamarre` give `lamarre`).
    A blank inside a name counts: `la-grange` and `lagrange` stay two, and show in qc_possible_duplicates.
-#}
{% macro project_key(slug) -%}
    {{ replace_all(slug, '(^|-)(l|d|j|n|m|t|s|c|qu)-', '\\1\\2') }}
{%- endmacro %}
