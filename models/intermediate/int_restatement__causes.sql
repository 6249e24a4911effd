with

changed as (

    select * from {{ ref('int_restatement__changed') }}

),

exports as (

    select * from {{ ref('int_restatement__exports') }}

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
