{{ config(
    materialized='incremental' if target.type == 'duckdb' else 'table',
    incremental_strategy='append',
    on_schema_change='fail',
    tags=['by_year'],
    pre_hook="{{ delete_years() }}"
) }}

with

criteria as (

    select
        criteria.*,
        categories.criterion_number
    from {{ ref('int_indicators__criteria') }} as criteria
    inner join {{ ref('categories') }} as categories on criteria.category_id = categories.category_id
    where {{ in_touched_years('criteria.year') }}

),

numbered as (

    select * from {{ ref('categories') }}
    where criterion_number <= 12

),

-- Every pair of criteria in every campaign, each once.
wanted as (

    select
        campaigns.year,
        a.category_id as category_id_a,
        b.category_id as category_id_b
    from numbered as a
    inner join numbered as b on a.criterion_number < b.criterion_number
    cross join {{ ref('dim_campaign') }} as campaigns
    where {{ in_touched_years('campaigns.year') }}

),

counted as (

    select
        a.year,
        a.category_id as category_id_a,
        b.category_id as category_id_b,
        count(*) filter (where a.is_answered and b.is_answered) as n_answered,
        count(*) filter (where a.has_effect and b.has_effect) as both_count
    from criteria as a
    inner join criteria as b on a.evaluation_id = b.evaluation_id and a.criterion_number < b.criterion_number
    group by a.year, a.category_id, b.category_id

),

final as (

    select
        wanted.*,
        coalesce(counted.n_answered, 0)::integer as n_answered,
        coalesce(counted.both_count, 0)::integer as both_count,
        case
            when coalesce(counted.n_answered, 0) = 0 then 'no_data'
            when counted.n_answered < 3 then 'small_n'
            else 'ok'
        end as status
    from wanted
    left join counted
        on
            wanted.year = counted.year
            and wanted.category_id_a = counted.category_id_a
            and wanted.category_id_b = counted.category_id_b

)

select * from final
