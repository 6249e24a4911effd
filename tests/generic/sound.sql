{#-
    What is missing is null: no text of a published table is empty, no number is none.
    `may_be_empty`: columns of which the empty text is a value. A warning, since it misleads nobody about a figure;
    an error where most of a table is hollow.
-#}
{% test sound(model, may_be_empty=[]) %}
{{ config(warn_if='!= 0', error_if='> 10') }}

{% set unsound = {} %}
{% if execute %}
{% for column in adapter.get_columns_in_relation(attached_relation()) %}
{% if column.is_string() and column.name not in may_be_empty %}
{% do unsound.update({column.name: column.name ~ " = ''"}) %}
{% elif column.is_float() %}
{% do unsound.update({column.name: 'isnan(' ~ column.name ~ ')'}) %}
{% endif %}
{% endfor %}
{% endif %}

{% if unsound %}
with

-- Looked through once, whatever the number of columns.
counted as (

    select
        {% for condition in unsound.values() %}
        count(case when {{ condition }} then 1 end) as count_{{ loop.index }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ model }}

)

{% for column in unsound %}
select
    '{{ column }}' as column_name,
    count_{{ loop.index }} as row_count
from counted
where count_{{ loop.index }} > 0
{% if not loop.last %}union all{% endif %}
{% endfor %}
{% else %}
select 'nothing' as column_name where false
{% endif %}

{% endtest %}
