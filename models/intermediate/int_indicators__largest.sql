with

restricted as (

    select * from {{ ref('int_indicators__restricted') }}
    where disclosure = 'restricted' and statistic = 'sum'

),

final as (

    select
        facts.indicator_id,
        facts.method_version,
        facts.component_id,
        facts.year,
        members.scope_type,
        members.scope_id,
        max(facts.value) as largest_value,
        {{ ordered_sum('facts.value') }} as total_value
    from {{ ref('fct_indicator_evaluation') }} as facts
    inner join restricted
        on {{ same_component('facts', 'restricted') }}
    inner join {{ ref('fct_scope_member') }} as members
        on facts.project_id = members.project_id and facts.year = members.year
    where members.scope_type <> 'site'
    group by
        facts.indicator_id,
        facts.method_version,
        facts.component_id,
        facts.year,
        members.scope_type,
        members.scope_id

)

select * from final
