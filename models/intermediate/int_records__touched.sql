{#- Only DuckDB builds by evaluation; elsewhere all records are built anew. -#}
with

records as (

    select * from {{ ref('int_records__identified') }}

),

final as (

    select records.*
    from records
    {% if target.type == 'duckdb' %}
        where records.evaluation_id in (select evaluation_id from {{ ref('int_evaluations__touched') }})
    {% endif %}

)

select * from final
