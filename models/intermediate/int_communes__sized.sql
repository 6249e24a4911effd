with

communes as (

    select
        commune_code,
        max(population) as population
    from {{ ref('postal_codes') }}
    group by commune_code

),

classes as (

    select
        scope_id,
        minimum_population,
        lead(minimum_population) over (order by minimum_population) as next_minimum
    from {{ ref('scopes') }}
    where scope_type = 'commune_size'

),

final as (

    select
        communes.commune_code,
        communes.population,
        classes.scope_id as commune_size
    from communes
    inner join classes
        on
            communes.population >= classes.minimum_population
            and (communes.population < classes.next_minimum or classes.next_minimum is null)

)

select * from final
