with

records as (

    select distinct
        project_id,
        project_name
    from {{ ref('int_records__identified') }}

),

-- Whole, and up to the first sign that parts it: "La Halle" of "La Halle (Lyon)".
spelled as (

    select
        project_id,
        {{ text_key('project_name') }} as spelling
    from records
    union
    select
        project_id,
        {{ text_key(replace_all('project_name', '[(:,/–—].*$| - .*$', '')) }} as spelling
    from records

),

final as (

    select distinct
        project_id,
        {{ replace_all('spelling', ' ', '') }} as name_letters
    from spelled

)

select * from final
