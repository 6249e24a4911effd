{#- What a decision may speak of and say; what a seed has no word of is null. -#}
{%- set columns = {
    'record_id': 'string',
    'project_id': 'string',
    'year': 'integer',
    'question_id': 'string',
    'expect': 'string',
    'state': 'string',
    'answer': 'string',
    'reason': 'string',
} -%}
{%- set same = dict(project_id='project_id', year='year', reason='reason') -%}
{%- set kinds = [
    ('answer_corrections', "'response'", dict(
        same, question_id='question_id', expect='expect', state='state', answer='answer'
    )),
    (
        'exclusions',
        "case when question_id is not null then 'response' "
        ~ "when record_id is not null then 'record' else 'evaluation' end",
        dict(
            same,
            record_id='record_id',
            question_id='question_id',
            expect='expect',
            state="case when question_id is not null then 'not_shown' end",
        ),
    ),
    ('declared_non_response', "'non_response'", same),
    ('project_aliases', "'alias'", dict(project_id='slug', reason='reason')),
    ('publication_consent', "'consent'", dict(same, question_id='question_id', reason='consented_by')),
] -%}

with

-- What is excluded of an evaluation is unknown from then on, and has that state.
listed as (

    {% for seed, target, given in kinds %}
        select
            '{{ seed }}' as seed,
            {{ target }} as target,
            {% for column, type in columns.items() %}
                {{ given.get(column, 'null::' ~ type) }} as {{ column }},
            {% endfor %}
            evidence,
            author,
            decided_on
        from {{ ref(seed) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

final as (

    select
        seed || '/' || coalesce(record_id, project_id || coalesce('@' || year, ''), '')
        || coalesce('/' || question_id, '') as correction_id,
        seed,
        target,
        record_id,
        project_id,
        {{ project_key('project_id') }} as project_key,
        year,
        question_id,
        expect,
        state,
        answer,
        reason,
        evidence,
        author,
        decided_on
    from listed

)

select * from final
