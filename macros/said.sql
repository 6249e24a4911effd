{#- What records said in a raw table, and what corrections say instead: those say what, not how or where an export
    writes it. Reads the common table expressions `records`, `said` and `corrected`. -#}
{% macro said_or_corrected(columns, is_text) -%}
    select
        records.record_id as said_by,
        said.question_id,
        {%- for column in columns %}
        said.{{ column }},
        {%- endfor %}
        said.source_start,
        said.source_end,
        said.source_pointer
    from records
    inner join said on records.source_id = said.source_id and records.record_key = said.record_key
    union all
    select
        correction_id as said_by,
        question_id,
        {%- for column in columns %}
        {{ 'false as is_truncated' if column == 'is_truncated' else column }},
        {%- endfor %}
        null as source_start,
        null as source_end,
        null as source_pointer
    from corrected
    where text is {{ 'not null' if is_text else 'null' }}
{%- endmacro %}
