with

testimonies as (

    select * from {{ ref('int_testimonies__consented') }}

),

final as (

    select
        testimony_id,
        evaluation_id,
        question_id,
        withheld_because as reason,
        case withheld_because
            when 'nothing-told' then 'Nothing to do: it is a mark, such as "RAS".'
            else
                'Ask whether the site may be named, and say so in '
                || 'seeds/corrections/publication_consent.csv; or leave it out.'
        end as remedy
    from testimonies
    where withheld_because is not null

)

select * from final
