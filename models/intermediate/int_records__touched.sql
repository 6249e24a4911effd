{#- Only DuckDB builds by evaluation; elsewhere all records are built anew. -#}
with

records as (

    select * from {{ ref('int_records__identified') }}

),

{% if target.type == 'duckdb' %}
    touched as (

        select * from {{ ref('int_evaluations__touched') }}
        where {{ is_in_hand('batch') }}

    ),
{% endif %}

final as (

    select records.*
    from records
    {% if target.type == 'duckdb' %}
        inner join touched on records.evaluation_id = touched.evaluation_id
    {% endif %}

)

select * from final -- noqa: AM04
