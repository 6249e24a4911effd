with

indicators as (

    select * from {{ ref('indicators') }}

),

final as (

    select
        indicator_id,
        method_version,
        label_fr,
        label_en,
        definition_fr,
        definition_en,
        numerator_fr,
        numerator_en,
        denominator_fr,
        denominator_en,
        caveat_fr,
        caveat_en,
        unit,
        direction,
        kind,
        minimum_n,
        disclosure
    from indicators

)

select * from final
