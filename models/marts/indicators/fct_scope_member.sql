with

final as (

    select
        scope_type,
        scope_id,
        project_id,
        year
    from {{ ref('int_indicators__memberships') }}

)

select * from final
