{#- Each condition is true of every row; one that comes out null does not hold. `conditions`: an expression per name. -#}
{% test holds(model, conditions) %}

{% for name, condition in conditions.items() %}
select
    '{{ name }}' as broken,
    model.*
from {{ model }} as model
where ({{ condition }}) is not true
{% if not loop.last %}union all{% endif %}
{% endfor %}

{% endtest %}
