with

evaluations as (

    select * from {{ ref('fct_evaluation') }}

),

registered as (

    select * from {{ ref('int_indicators__registered') }}

),

final as (

    select
        evaluations.evaluation_id,
        evaluations.project_id,
        evaluations.year,
        'not-in-register' as reason,
        'Add the site to the register, or correct the years of its activity: until then it counts in no rate'
        || ' of participation' as remedy
    from evaluations
    left join registered
        on evaluations.project_id = registered.project_id and evaluations.year = registered.year
    where
        registered.project_id is null
        and exists (select 1 from {{ ref('int_register__listed') }})

)

select * from final
