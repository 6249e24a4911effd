{#-
    Every value of several columns is found where it refers to; nulls refer to nothing.
    references: a list of {column, to, field}; `field` may be left out where it has the column's name.
    Of rows that were tested before (macros/tested.sql), those are looked for that refer to what is gone since.
-#}
{% test references_all(model, references) %}

{% set is_part = execute and (model | string).startswith('(') %}

{% for reference in references %}
{% set field = reference.field | default(reference.column) %}
select
    '{{ reference.column }}' as column_name,
    model.{{ reference.column }}::string as value
from {{ model }} as model
left join {{ reference.to }} as target on model.{{ reference.column }} = target.{{ field }}
where model.{{ reference.column }} is not null and target.{{ field }} is null
{% if is_part %}
union all
select
    '{{ reference.column }}' as column_name,
    model.{{ reference.column }}::string as value
from {{ attached_relation() }} as model
where model.{{ reference.column }}::varchar in ({{ gone_keys(reference.to, field) }})
{% endif %}
{% if not loop.last %}union all{% endif %}
{% endfor %}

{% endtest %}
