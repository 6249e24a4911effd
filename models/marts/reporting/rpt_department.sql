with

departments as (

    select * from {{ ref('departments') }}

),

campaigns as (

    select * from {{ ref('dim_campaign') }}

),

groups as (

    select * from {{ ref('rpt_composition') }}
    where dimension = 'department'

),

-- Null for all of a register that says nothing of territories, a number for all of one that does.
told as (

    select count(register_count) > 0 as is_told from groups

),

final as (

    select
        campaigns.year,
        departments.department_code,
        departments.department,
        departments.region_code,
        coalesce(groups.evaluation_count, 0)::integer as evaluation_count,
        case when told.is_told then coalesce(groups.register_count, 0)::integer end as register_count
    from departments
    cross join campaigns
    cross join told
    left join groups on campaigns.year = groups.year and departments.department_code = groups.group_id

)

select * from final
