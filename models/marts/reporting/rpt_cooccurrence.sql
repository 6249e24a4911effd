with

judged as (

    select * from {{ ref('int_indicators__cooccurring') }}

),

statuses as (

    select * from {{ ref('statuses') }}

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
