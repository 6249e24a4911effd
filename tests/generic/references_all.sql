{#-
    Every value of several columns is found where it refers to; nulls refer to nothing.
    references: a list of {column, to, field}; `field` may be left out where it has the column's name.
-#}
{% test references_all(model, references) %}
{{ config(meta={"asks_all_rows": true}) }}

{% for reference in references %}
select
    '{{ reference.column }}' as column_name,
    model.{{ reference.column }}::string as value
from {{ model }} as model
left join {{ reference.to }} as target on model.{{ reference.column }} = target.{{ reference.field | default(reference.column) }}
where model.{{ reference.column }} is not null and target.{{ reference.field | default(reference.column) }} is null
{% if not loop.last %}union all{% endif %}
{% endfor %}

{% endtest %}
