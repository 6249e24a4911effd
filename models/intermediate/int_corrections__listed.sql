with

answers as (

    select * from {{ ref('answer_corrections') }}

),

exclusions as (

    select * from {{ ref('exclusions') }}

),

non_responses as (

    select * from {{ ref('declared_non_response') }}

),

aliases as (

    select * from {{ ref('project_aliases') }}

),

consents as (

    select * from {{ ref('publication_consent') }}

),

listed as (

    select
        'answer_corrections' as seed,
        'response' as target,
        null::string as record_id,
        project_id,
        year,
        question_id,
        expect,
        state,
        answer,
        reason,
        evidence,
        author,
        decided_on
    from answers
    union all
    -- What is excluded of an evaluation is unknown from then on, and has that state.
    select
        'exclusions' as seed,
        case
            when question_id is not null then 'response'
            when record_id is not null then 'record'
            else 'evaluation'
        end as target,
        record_id,
        project_id,
        year,
        question_id,
        expect,
        case when question_id is not null then 'not_shown' end as state,
        null as answer,
        reason,
        evidence,
        author,
        decided_on
    from exclusions
    union all
    select
        'declared_non_response' as seed,
        'non_response' as target,
        null as record_id,
        project_id,
        year,
        null as question_id,
        null as expect,
        null as state,
        null as answer,
        reason,
        evidence,
        author,
        decided_on
    from non_responses
    union all
    select
        'project_aliases' as seed,
        'alias' as target,
        null as record_id,
        slug as project_id,
        null as year,
        null as question_id,
        null as expect,
        null as state,
        null as answer,
        reason,
        evidence,
        author,
        decided_on
    from aliases
    union all
    select
        'publication_consent' as seed,
        'consent' as target,
        null as record_id,
        project_id,
        year,
        question_id,
        null as expect,
        null as state,
        null as answer,
        consented_by as reason,
        evidence,
        author,
        decided_on
    from consents

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
