{#-
    Every value of several columns is found where it refers to; nulls refer to nothing.
    references: a list of {column, to, field}: `to` names a model or a seed; `field` may be left out where it has the
    column's name.
    Of rows that were tested before (macros/tested.sql), those are looked for that refer to what is gone since.
-#}
{% test references_all(model, references) %}

with

-- Looked through once, whatever the number of references.
doubtful as (

    select
        {% for reference in references %}
        model.{{ reference.column }} as value_{{ loop.index }},
        model.{{ reference.column }} is not null and target_{{ loop.index }}.value is null
            as is_lost_{{ loop.index }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ model }} as model
    {% for reference in references %}
    left join (
        select distinct {{ reference.field | default(reference.column) }} as value from {{ ref(reference.to) }}
    ) as target_{{ loop.index }}
        on model.{{ reference.column }} = target_{{ loop.index }}.value
    {% endfor %}
    where
        {% for reference in references %}
        (model.{{ reference.column }} is not null and target_{{ loop.index }}.value is null)
        {% if not loop.last %}or {% endif %}
        {% endfor %}

)

{% for reference in references %}
select
    '{{ reference.column }}' as column_name,
    value_{{ loop.index }}::string as value
from doubtful
where is_lost_{{ loop.index }}
{% if execute and (model | string).startswith('(') %}
union all
select
    '{{ reference.column }}' as column_name,
    model.{{ reference.column }}::string as value
from {{ attached_relation() }} as model
where model.{{ reference.column }}::string in (
    {{ gone_keys(ref(reference.to), reference.field | default(reference.column)) }}
)
{% endif %}
{% if not loop.last %}union all{% endif %}
{% endfor %}

{% endtest %}
