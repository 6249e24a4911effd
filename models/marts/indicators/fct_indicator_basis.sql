with

indicators as (

    select * from {{ ref('dim_indicator') }}

),

rules as (

    select
        indicator_id,
        method_version,
        md5({{ join_texts(row_text([
            'component_id', 'family', 'statistic', 'minimum_n', 'expand', 'category_id', 'question_id',
            'answer_ids', 'answer_polarity', 'minimum_answers', 'measure', 'among_question_id', 'among_answer_ids',
        ]), 'position', '/') }}) as method_digest
    from {{ ref('indicator_rules') }}
    group by indicator_id, method_version

),

answers as (

    select
        answer_list,
        {{ join_texts(
            row_text(['answer_id', 'polarity', 'is_no', 'label_fr', 'page_labels']), 'answer_id', '/'
        ) }} as said
    from {{ ref('answers') }}
    group by answer_list

),

codebooks as (

    select
        used.indicator_id,
        used.method_version,
        md5({{ join_texts(row_text([
            'questions.question_id', 'questions.kind', 'questions.category_id', 'questions.weight',
            'questions.filter_question_id', 'answers.said',
        ]), 'questions.question_id', '/') }}) as codebook_digest
    from {{ ref('int_indicators__questions') }} as used
    inner join {{ ref('stg_codebook__questions') }} as questions on used.question_id = questions.question_id
    left join answers on questions.answer_list = answers.answer_list
    group by used.indicator_id, used.method_version

),

campaigns as (

    select * from {{ ref('dim_campaign') }}

),

corrections as (

    select
        campaigns.year,
        md5({{ join_texts(
            row_text(['listed.correction_id', 'listed.expect', 'listed.state', 'listed.answer']),
            'listed.correction_id',
            '/'
        ) }}) as corrections_digest
    from campaigns
    inner join {{ ref('int_corrections__listed') }} as listed
        on campaigns.year = coalesce(listed.year, campaigns.year)
    where listed.target <> 'consent'
    group by campaigns.year

),

registers as (

    select
        year,
        md5({{ join_texts('project_id', 'project_id', '/') }}) as register_digest
    from {{ ref('int_indicators__registered') }}
    group by year

),

final as (

    select
        indicators.indicator_id,
        indicators.method_version,
        campaigns.year,
        md5(coalesce(rules.method_digest, '') || indicators.minimum_n) as method_digest,
        codebooks.codebook_digest,
        corrections.corrections_digest,
        registers.register_digest,
        indicators.disclosure
    from indicators
    cross join campaigns
    left join rules
        on indicators.indicator_id = rules.indicator_id and indicators.method_version = rules.method_version
    left join codebooks
        on
            indicators.indicator_id = codebooks.indicator_id
            and indicators.method_version = codebooks.method_version
    left join corrections on campaigns.year = corrections.year
    left join registers on campaigns.year = registers.year

)

select * from final
