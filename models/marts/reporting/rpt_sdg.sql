with

goals as (

    select * from {{ ref('sdg_goals') }}

),

figures as (

    select * from {{ ref('rpt_indicator') }}
    where indicator_id = 'X4' and scope_type = 'network'

),

campaigns as (

    select * from {{ ref('dim_campaign') }}

),

statuses as (

    select * from {{ ref('statuses') }}

),

final as (

    select
        campaigns.year,
        goals.goal,
        goals.label_fr,
        goals.label_en,
        figures.numerator as site_count,
        campaigns.evaluation_count,
        true as is_proposed,
        statuses.status,
        statuses.label_fr as status_label_fr,
        statuses.label_en as status_label_en,
        statuses.obs_status,
        statuses.conf_status
    from goals
    cross join campaigns
    left join figures
        on goals.goal = try_cast(figures.component_id as integer) and campaigns.year = figures.year
    -- A goal that no criterion is read against was never asked about.
    inner join statuses on coalesce(figures.status, 'not_asked') = statuses.status
    where campaigns.evaluation_count > 0

)

select * from final
