with

figures as (

    select * from {{ ref('rpt_indicator') }}
    where scope_type = 'network'

),

components as (

    select * from {{ ref('int_indicators__components') }}
    where distribution is not null

),

final as (

    select
        figures.indicator_id,
        figures.method_version,
        components.distribution as component_id,
        figures.year,
        figures.scope_type,
        figures.scope_id,
        -- The value is the last part of the component's name.
        {{ replace_all('figures.component_id', '^.*/', '') }} as category_id,
        figures.component_position as position,
        figures.component_label_fr as label_fr,
        figures.component_label_en as label_en,
        figures.numerator as site_count,
        figures.value as share,
        figures.bound_low,
        figures.bound_high,
        figures.n_answered,
        figures.n_evaluations,
        figures.status,
        figures.status_label_fr,
        figures.status_label_en,
        figures.obs_status,
        figures.conf_status
    from figures
    inner join components
        on {{ same_component('figures', 'components') }}

)

select * from final
