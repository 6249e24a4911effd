with

before as (

    select * from {{ ref('stg_raw__published_figures') }}

),

now as (

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
        before.*,
        now.indicator_id is null as is_gone,
        now.numerator as numerator_now,
        now.denominator as denominator_now,
        now.value as value_now,
        now.status as status_now,
        before.method_digest is distinct from basis.method_digest as is_of_method,
        basis.indicator_id is not null and before.codebook_digest is distinct from basis.codebook_digest
            as is_of_codebook,
        basis.indicator_id is not null and before.corrections_digest is distinct from basis.corrections_digest
            as is_of_corrections,
        before.register_digest is distinct from basis.register_digest as is_of_register,
        ('suppressed' in (before.status, now.status) and before.status is distinct from now.status)
        or before.disclosure <> basis.disclosure as is_of_disclosure
    from before
    left join now
        on
            before.indicator_id = now.indicator_id
            and before.method_version = now.method_version
            and before.component_id = now.component_id
            and before.year = now.year
            and before.scope_id = now.scope_id
    left join basis
        on
            before.indicator_id = basis.indicator_id
            and before.method_version = basis.method_version
            and before.year = basis.year
    where
        before.numerator is distinct from now.numerator
        or before.denominator is distinct from now.denominator
        or before.value is distinct from now.value
        or before.status is distinct from now.status

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
            and (exports.year = years.year or (years.looks_back and exports.year = years.year - 1))
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
