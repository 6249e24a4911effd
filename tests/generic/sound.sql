{#-
    What is missing is null: no text of a published table is empty, no number is none.
    `may_be_empty`: columns of which the empty text is a value. A warning, since it misleads nobody about a figure;
    an error where most of a table is hollow.
-#}
{% test sound(model, may_be_empty=[]) %}
{{ config(warn_if='!= 0', error_if='> 10') }}

{% if execute %}
{% for column in adapter.get_columns_in_relation(model) %}
select
    '{{ column.name }}' as column_name,
    count(*) as row_count
from {{ model }}
{% if column.is_string() and column.name not in may_be_empty %}
where {{ column.name }} = ''
{% elif column.is_float() %}
where isnan({{ column.name }})
{% else %}
where false
{% endif %}
having count(*) > 0
{% if not loop.last %}union all{% endif %}
{% endfor %}
{% else %}
select 'nothing' as column_name
{% endif %}

{% endtest %}
