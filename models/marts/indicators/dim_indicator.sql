with

indicators as (

    select * from {{ ref('indicators') }}

),

items as (

    select
        indicator_id,
        method_version,
        {{ join_texts('question_id', 'question_id', '|') }} as question_ids
    from (
        select distinct
            indicator_id,
            method_version,
            question_id
        from {{ ref('int_indicators__components') }}
        union
        select distinct
            indicator_id,
            method_version,
            among_question_id
        from {{ ref('int_indicators__components') }}
    ) as used
    where question_id is not null
    group by indicator_id, method_version

),

final as (

    select
        indicators.indicator_id,
        indicators.method_version,
        indicators.label_fr,
        indicators.label_en,
        indicators.definition_fr,
        indicators.definition_en,
        indicators.numerator_fr,
        indicators.numerator_en,
        indicators.denominator_fr,
        indicators.denominator_en,
        indicators.caveat_fr,
        indicators.caveat_en,
        indicators.unit,
        indicators.direction,
        indicators.kind,
        indicators.minimum_n,
        indicators.disclosure,
        indicators.disaggregations,
        items.question_ids
    from indicators
    left join items
        on indicators.indicator_id = items.indicator_id and indicators.method_version = items.method_version

)

select * from final
