with

scopes as (

    select * from {{ ref('int_indicators__scopes') }}

),

named as (

    select * from {{ ref('scopes') }}

),

types as (

    select * from {{ ref('scope_types') }}

),

-- What a seed of its own names: territories, choices of the profile, forms of export.
listed as (

    select
        scope_type,
        scope_id,
        position,
        label_fr,
        label_en
    from named
    where scope_type is not null
    union all
    select
        'region' as scope_type,
        region_code as scope_id,
        row_number() over (order by region_code) as position,
        region as label_fr,
        region as label_en
    from {{ ref('regions') }}
    union all
    select
        'department' as scope_type,
        department_code as scope_id,
        row_number() over (order by department_code) as position,
        department as label_fr,
        department as label_en
    from {{ ref('departments') }}
    union all
    select
        case questions.question_id when 'status' then 'legal_status' else 'thematique' end as scope_type,
        answers.answer_id as scope_id,
        answers.position,
        answers.label_fr,
        answers.label_en
    from {{ ref('stg_codebook__questions') }} as questions
    inner join {{ ref('stg_codebook__answers') }} as answers on questions.answer_list = answers.answer_list
    where questions.question_id in ('status', 'presentation.thematiques')
    union all
    select
        'export_form' as scope_type,
        format as scope_id,
        row_number() over (order by strength desc, format asc) as position,
        label_fr,
        label_en
    from {{ ref('formats') }}
    where text_form is null

),

final as (

    select
        present.scope_type,
        present.scope_id,
        coalesce(listed.position, named.position, 9997)::integer as position,
        coalesce(listed.label_fr, named.label_fr, present.scope_id) as label_fr,
        coalesce(listed.label_en, named.label_en, present.scope_id) as label_en,
        types.position::integer as type_position,
        types.label_fr as type_label_fr,
        types.label_en as type_label_en
    from (
        select distinct
            scope_type,
            scope_id
        from scopes
        where scope_type <> 'site'
    ) as present
    inner join types on present.scope_type = types.scope_type
    left join listed on present.scope_type = listed.scope_type and present.scope_id = listed.scope_id
    left join named on named.scope_type is null and present.scope_id = named.scope_id

)

select * from final
