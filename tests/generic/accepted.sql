{#- Several columns hold nothing but their accepted values, or null. `values`: a list of values per column. -#}
{% test accepted(model, values) %}

{% for column, list in values.items() %}
select
    '{{ column }}' as column_name,
    {{ column }}::string as value
from {{ model }}
where {{ column }}::string not in ('{{ list | join("', '") }}')
{% if not loop.last %}union all{% endif %}
{% endfor %}

{% endtest %}
