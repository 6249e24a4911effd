{#- Each condition is true of every row; one that comes out null does not hold. `conditions`: an expression per name. -#}
{% test holds(model, conditions) %}

with

-- Looked through once, whatever the number of conditions.
doubtful as (

    select *
    from {{ model }}
    where
        {% for condition in conditions.values() -%}
        ({{ condition }}) is not true
        {% if not loop.last %}or {% endif %}
        {%- endfor %}

)

{% for name, condition in conditions.items() %}
select
    '{{ name }}' as broken,
    doubtful.*
from doubtful
where ({{ condition }}) is not true
{% if not loop.last %}union all{% endif %}
{% endfor %}

{% endtest %}
