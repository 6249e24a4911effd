with

figures as (

    select * from {{ ref('fct_indicator_value') }}

),

responses as (

    select * from {{ ref('fct_response') }}

),

categories as (

    select * from {{ ref('dim_category') }}

),

levels as (

    select * from {{ ref('dim_level') }}

),

states as (

    select
        year,
        category_id,
        count(*) filter (where state = 'answered') as answered_count,
        count(*) filter (where state = 'blank') as blank_count,
        count(*) filter (where state = 'not_shown') as not_shown_count,
        count(*) filter (where state = 'ambiguous') as ambiguous_count,
        count(*) filter (where state = 'lost') as lost_count,
        count(*) filter (where state = 'not_asked') as not_asked_count
    from responses
    group by year, category_id

),

final as (

    select
        figures.year,
        categories.category_id,
        categories.criterion_number,
        categories.label_fr,
        categories.label_en,
        levels.level_id,
        levels.label_fr as level_label_fr,
        levels.label_en as level_label_en,
        figures.n_evaluations as evaluation_count,
        figures.numerator as documented_count,
        figures.value as documented_share,
        figures.status,
        coalesce(states.answered_count, 0)::integer as answered_count,
        coalesce(states.blank_count, 0)::integer as blank_count,
        coalesce(states.not_shown_count, 0)::integer as not_shown_count,
        coalesce(states.ambiguous_count, 0)::integer as ambiguous_count,
        coalesce(states.lost_count, 0)::integer as lost_count,
        coalesce(states.not_asked_count, 0)::integer as not_asked_count
    from figures
    inner join categories on figures.component_id = categories.category_id
    inner join levels on categories.level_id = levels.level_id
    left join states on figures.year = states.year and figures.component_id = states.category_id
    where figures.indicator_id = 'C4' and figures.scope_type = 'network'

)

select * from final
