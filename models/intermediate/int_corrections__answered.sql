with

corrections as (

    select * from {{ ref('int_corrections__listed') }}

),

questions as (

    select * from {{ ref('stg_codebook__questions') }}

),

answers as (

    select * from {{ ref('stg_codebook__answers') }}

),

-- Choices and keywords come in several, joined by a bar; a text is one, whatever is in it.
parts as (
    {% for is_several in [true, false] %}
        select
            corrections.correction_id,
            corrections.question_id,
            corrections.answer,
            questions.role,
            questions.kind,
            questions.answer_list,
            {{ explode(split_parts('corrections.answer')) if is_several else 'corrections.answer' }} as part
        from corrections
        inner join questions on corrections.question_id = questions.question_id
        where
            corrections.state = 'answered'
            and (questions.answer_list is not null or questions.kind = 'keywords') = {{ is_several }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

valued as (

    select
        *,
        answer_list is not null as is_choice,
        case
            when answer_list is null and kind in ('number', 'number_text', 'rating')
                then try_cast(part as double)
        end as value_number
    from parts

),

-- A list without known answers takes any label, as it does from an export.
final as (

    select
        valued.correction_id,
        valued.question_id,
        row_number() over (
            partition by valued.correction_id
            order by position('|' || valued.part || '|' in '|' || valued.answer || '|') asc
        )::integer as ordinal,
        answers.answer_id,
        case when valued.is_choice and answers.answer_id is null then valued.part end as raw_label,
        case when valued.is_choice and answers.answer_id is null then 'unmapped' end as match,
        valued.value_number,
        case
            when not valued.is_choice and valued.value_number is null and valued.role <> 'testimony'
                then valued.part
        end as value_text,
        case when valued.role = 'testimony' then valued.part end as text
    from valued
    left join answers on valued.answer_list = answers.answer_list and valued.part = answers.answer_id

)

select * from final
