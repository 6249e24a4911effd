with

scopes as (

    select * from {{ ref('int_indicators__scopes') }}
    where scope_type not in ('network', 'site', 'export_form')

),

labels as (

    select * from {{ ref('dim_scope') }}

),

campaigns as (

    select * from {{ ref('dim_campaign') }}

),

sizes as (

    select
        year,
        n_register as register_size
    from {{ ref('int_indicators__scopes') }}
    where scope_type = 'network'

),

final as (

    select
        scopes.year,
        scopes.scope_type as dimension,
        scopes.scope_id as group_id,
        labels.type_position as dimension_position,
        labels.type_label_fr as dimension_label_fr,
        labels.type_label_en as dimension_label_en,
        labels.position as group_position,
        labels.label_fr as group_label_fr,
        labels.label_en as group_label_en,
        scopes.n_evaluations as evaluation_count,
        scopes.n_evaluations::double / campaigns.evaluation_count as evaluation_share,
        scopes.n_register as register_count,
        scopes.n_register::double / nullif(sizes.register_size, 0) as register_share
    from scopes
    inner join campaigns on scopes.year = campaigns.year
    inner join labels on scopes.scope_type = labels.scope_type and scopes.scope_id = labels.scope_id
    left join sizes on scopes.year = sizes.year

)

select * from final
