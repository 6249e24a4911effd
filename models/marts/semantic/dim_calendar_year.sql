with

campaigns as (

    select * from {{ ref('dim_campaign') }}

),

final as (

    select
        make_date(year, 1, 1) as year_on,
        year
    from campaigns

)

select * from final
