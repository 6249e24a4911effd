with

criteria as (

    select * from {{ ref('int_indicators__criteria') }}

),

numbered as (

    select * from {{ ref('categories') }}
    where criterion_number <= 12

),

statuses as (

    select * from {{ ref('statuses') }}

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

),

counted as (

    select
        a.year,
        a.category_id as category_id_a,
        b.category_id as category_id_b,
        count(*) filter (where a.is_answered and b.is_answered) as n_answered,
        count(*) filter (where a.has_effect and b.has_effect) as both_count
    from criteria as a
    inner join criteria as b on a.evaluation_id = b.evaluation_id
    group by a.year, a.category_id, b.category_id

),

judged as (

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

),

-- Pairs of effects are masked together in a strict network: they add up to the breadth of effects (X1).
settings as (

    select max(case when key = 'disclosure' then value end) as disclosure from {{ ref('stg_raw__settings') }}

),

shown as (

    select
        judged.*,
        case
            when
                settings.disclosure = 'strict'
                and judged.status = 'ok'
                and max(case
                    when judged.status = 'small_n' then 1
                    when judged.both_count in (1, 2) or judged.n_answered - judged.both_count in (1, 2) then 1
                    else 0
                end) over (partition by judged.year) = 1
                then 'suppressed'
            else judged.status
        end as shown_status
    from judged
    cross join settings

),

final as (

    select
        shown.year,
        shown.category_id_a,
        shown.category_id_b,
        case when shown.shown_status = 'ok' then shown.both_count end as both_count,
        shown.n_answered,
        shown.shown_status as status,
        statuses.label_fr as status_label_fr,
        statuses.label_en as status_label_en,
        statuses.obs_status,
        statuses.conf_status
    from shown
    inner join statuses on shown.shown_status = statuses.status

)

select * from final
