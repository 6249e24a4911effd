with

kept as (

    select * from {{ ref('stg_raw__published_figures') }}

),

shown as (

    select * from {{ ref('rpt_indicator') }}
    where scope_type = 'network'

),

basis as (

    select * from {{ ref('fct_indicator_basis') }}

),

final as (

    select
        kept.*,
        (shown.indicator_id is null) as is_gone,
        shown.numerator as numerator_now,
        shown.denominator as denominator_now,
        shown.value as value_now,
        shown.status as status_now,
        (kept.method_digest is distinct from basis.method_digest) as is_of_method,
        (basis.indicator_id is not null and kept.codebook_digest is distinct from basis.codebook_digest)
            as is_of_codebook,
        (basis.indicator_id is not null and kept.corrections_digest is distinct from basis.corrections_digest)
            as is_of_corrections,
        (kept.register_digest is distinct from basis.register_digest) as is_of_register,
        (
            ('suppressed' in (kept.status, shown.status) and kept.status is distinct from shown.status)
            or kept.disclosure <> basis.disclosure
        ) as is_of_disclosure
    from kept
    left join shown
        on
            {{ same_component('kept', 'shown') }}
            and kept.year = shown.year
            and kept.scope_id = shown.scope_id
    left join basis
        on
            kept.indicator_id = basis.indicator_id
            and kept.method_version = basis.method_version
            and kept.year = basis.year
    where
        kept.numerator is distinct from shown.numerator
        or kept.denominator is distinct from shown.denominator
        or kept.value is distinct from shown.value
        or kept.status is distinct from shown.status

)

select * from final -- noqa: AM04
