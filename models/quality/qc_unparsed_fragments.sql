with

fragments as (

    select * from {{ ref('stg_raw__unparsed_fragments') }}

),

sources as (

    select * from {{ ref('dim_source') }}

),

final as (

    select
        fragments.source_id,
        sources.path,
        sources.generation,
        sources.text_form,
        fragments.source_start,
        fragments.source_end,
        fragments.text,
        'not-understood' as reason,
        'Read it with `effets show`: if it holds an answer, its wording belongs in '
        || 'seeds/codebook/answers.csv or in the grammar of pages.' as remedy
    from fragments
    inner join sources on fragments.source_id = sources.source_id
    where not sources.is_retracted

)

select * from final
