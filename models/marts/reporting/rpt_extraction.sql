with

figures as (

    select * from {{ ref('rpt_indicator') }}
    where scope_type = 'export_form' and indicator_id in ('C5', 'C6')

),

counted as (

    select
        year,
        scope_id as format,
        min(scope_label_fr) as label_fr,
        min(scope_label_en) as label_en,
        max(n_evaluations) as evaluation_count,
        sum(case when indicator_id = 'C6' then denominator end)::integer as asked_count,
        sum(case when indicator_id = 'C6' then numerator end)::integer as lost_count,
        sum(case when indicator_id = 'C5' then numerator end)::integer as ambiguous_count
    from figures
    group by year, scope_id

),

final as (

    select
        year,
        format,
        label_fr,
        label_en,
        evaluation_count,
        asked_count,
        ambiguous_count,
        ambiguous_count::double / nullif(asked_count, 0) as ambiguous_share,
        lost_count,
        lost_count::double / nullif(asked_count, 0) as lost_share
    from counted

)

select * from final
