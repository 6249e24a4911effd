-- Testimonies that look like placeholders: the flagged ones, and those that the rule lets pass and a
-- reader may not (very short, or a word said again and again). A kind of text that comes back belongs
-- into macros/is_placeholder.sql.
with

testimonies as (

    select
        testimony_id,
        evaluation_id,
        year,
        category_id,
        text,
        is_placeholder,
        {{ text_key('text') }} as words
    from {{ ref('fct_testimony') }}

),

repeated as (

    select
        words,
        count(*) as testimony_count,
        count(distinct evaluation_id) as evaluation_count
    from testimonies
    group by words

),

final as (

    select
        testimonies.testimony_id,
        testimonies.evaluation_id,
        testimonies.year,
        testimonies.category_id,
        testimonies.text,
        testimonies.is_placeholder,
        repeated.testimony_count,
        repeated.evaluation_count,
        case
            when testimonies.is_placeholder then 'flagged'
            when length(testimonies.words) < 12 then 'short'
            else 'repeated'
        end as reason
    from testimonies
    inner join repeated on testimonies.words = repeated.words
    where
        testimonies.is_placeholder
        or length(testimonies.words) < 12
        or (length(testimonies.words) < 40 and repeated.testimony_count > 2)

)

select * from final
order by reason, text, testimony_id
