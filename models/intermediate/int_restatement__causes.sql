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

exports as (

    select * from {{ ref('int_restatement__exports') }}

),

changed as (

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

),

-- The sites of the year before are in C2 as well.
by_exports as (

    select
        years.report_year,
        years.year,
        years.looks_back,
        {{ join_texts('exports.cause', 'exports.cause', '|') }} as by_exports
    from (
        select distinct
            report_year,
            year,
            indicator_id = 'C2' as looks_back
        from changed
    ) as years
    inner join exports
        on
            years.report_year = exports.report_year
            and (years.year = exports.year or (years.looks_back and years.year - 1 = exports.year))
    group by years.report_year, years.year, years.looks_back

),

-- Of the register, only the rate of participation is a figure.
found as (

    select
        changed.*,
        {% for condition, cause in [
            ('is_of_method', 'method'),
            ('is_of_codebook', 'codebook'),
            ('is_of_corrections', 'correction'),
            ("is_of_register and changed.indicator_id = 'C1'", 'register'),
            ('is_of_disclosure', 'disclosure'),
        ] %}
            case when {{ condition }} then '{{ cause }}' end as by_{{ cause }},
        {% endfor %}
        by_exports.by_exports
    from changed
    left join by_exports
        on
            changed.report_year = by_exports.report_year
            and changed.year = by_exports.year
            and (changed.indicator_id = 'C2') = by_exports.looks_back

),

final as (

    select
        report_year,
        edition,
        release,
        published_on,
        indicator_id,
        method_version,
        component_id,
        year,
        scope_type,
        scope_id,
        numerator,
        denominator,
        value,
        status,
        numerator_now,
        denominator_now,
        value_now,
        status_now,
        is_gone,
        coalesce(
            nullif(concat_ws(
                '|', by_exports, by_correction, by_codebook, by_method, by_register, by_disclosure
            ), ''),
            'software'
        ) as causes
    from found

)

select * from final
