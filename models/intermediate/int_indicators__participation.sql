with

components as (

    select * from {{ ref('int_indicators__components') }}
    where family = 'participation'

),

evaluations as (

    select
        project_id,
        year
    from {{ ref('fct_evaluation') }}

),

-- Of whom an evaluation is expected: the sites of the register (C1), those of the year before (C2).
expected as (

    select
        'C1' as indicator_id,
        project_id,
        year
    from {{ ref('int_indicators__registered') }}
    union all
    select
        'C2' as indicator_id,
        evaluations.project_id,
        campaigns.year
    from evaluations
    inner join {{ ref('dim_campaign') }} as campaigns on evaluations.year = campaigns.year - 1

),

final as (

    select
        components.indicator_id,
        components.method_version,
        components.component_id,
        expected.project_id,
        expected.year,
        'answered' as state,
        false as is_outside,
        (evaluations.project_id is not null)::integer as numerator,
        1 as denominator
    from components
    inner join expected on components.indicator_id = expected.indicator_id
    left join evaluations on expected.project_id = evaluations.project_id and expected.year = evaluations.year
    where {{ in_touched_sites(site_of_year('expected.project_id', 'expected.year'), 'expected.year') }}

)

select * from final
