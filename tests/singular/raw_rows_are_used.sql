-- What a reader wrote and no model could use would be lost in silence: rows of no record, of a question that the
-- record's forms do not have, and names without a slug.
with

-- An export of which every evaluation was tested is as it was then: its rows were looked at.
evaluated as (

    select
        found.source_id,
        found.record_key,
        {{ is_untested('found', year=none) }} as is_untested
    from {{ ref('dim_record') }} as found

),

tested as (

    select source_id
    from evaluated
    group by source_id
    having not bool_or(is_untested)

),

{% for table in ['receipts', 'records', 'record_forms', 'responses', 'observations', 'testimonies'] -%}
{{ table }} as (

    select rows.*
    from {{ ref('stg_raw__' ~ table) }} as rows
    left join tested on rows.source_id = tested.source_id
    where tested.source_id is null

),

{% endfor -%}

asked as (

    select
        forms.source_id,
        forms.record_key,
        questions.question_id
    from record_forms as forms
    inner join {{ ref('stg_codebook__questions') }} as questions on forms.form = questions.form

),

final as (
    {% for table in ['responses', 'observations', 'testimonies'] %}
    select
        '{{ table }}: no record carries this question' as problem,
        said.source_id,
        said.record_key,
        said.question_id as name
    from {{ table }} as said
    left join records on said.source_id = records.source_id and said.record_key = records.record_key
    left join asked
        on
            said.source_id = asked.source_id
            and said.record_key = asked.record_key
            and said.question_id = asked.question_id
    where records.source_id is null or asked.question_id is null
    union all
    {%- endfor %}
    {% for table, name in [
        ('receipts', 'received_name'), ('receipts', 'file_stem'), ('records', 'inner_name'), ('records', 'page_link'),
    ] %}
    select
        '{{ name }}: has no slug',
        named.source_id,
        null,
        named.{{ name }}
    from {{ table }} as named
    left join {{ ref('stg_raw__slugs') }} as slugs on named.{{ name }} = slugs.name
    where named.{{ name }} is not null and slugs.name is null
    union all
    {%- endfor %}
    select
        'records: in no model',
        records.source_id,
        records.record_key,
        null
    from records
    left join evaluated as found
        on records.source_id = found.source_id and records.record_key = found.record_key
    where found.source_id is null

)

select * from final
