with

memberships as (

    select * from {{ ref('fct_scope_member') }}
    where {{ in_touched_years('year') }}

),

facts as (

    select * from {{ ref('fct_indicator_evaluation') }}
    where {{ in_touched_years('year') }}

),

final as (

    select
        facts.indicator_id,
        facts.method_version,
        facts.component_id,
        facts.year,
        memberships.scope_type,
        memberships.scope_id,
        count(*) filter (where facts.state <> 'not_asked') as n_asked,
        count(*) filter (where facts.state = 'answered' and facts.evaluation_id is not null) as n_answered,
        count(*) filter (where facts.state = 'ambiguous' and not facts.is_outside) as n_ambiguous,
        count(*) filter (where facts.is_outside) as n_outside,
        sum(facts.denominator) as denominator,
        sum(facts.numerator) as numerator,
        sum(facts.numerator_low) as numerator_low,
        sum(facts.numerator_high) as numerator_high
    from facts
    inner join memberships on facts.project_id = memberships.project_id and facts.year = memberships.year
    where memberships.scope_type <> 'site'
    group by
        facts.indicator_id,
        facts.method_version,
        facts.component_id,
        facts.year,
        memberships.scope_type,
        memberships.scope_id

)

select * from final
