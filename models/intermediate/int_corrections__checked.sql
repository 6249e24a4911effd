{{ config(materialized='table') }}

with

found as (

    select * from {{ ref('int_corrections__found') }}

),

compared as (

    select
        *,
        {{ text_key(sorted_parts('found')) }} as found_key,
        {{ text_key(sorted_parts('expect')) }} as expect_key
    from found

),

final as (

    select
        correction_id,
        seed,
        target,
        record_id,
        project_id,
        year,
        question_id,
        evaluation_id,
        expect,
        found,
        state,
        answer,
        reason,
        evidence,
        author,
        decided_on,
        case
            when target = 'non_response' and is_there then 'stale'
            when target = 'non_response' then 'applied'
            when not is_there then 'absent'
            when target in ('alias', 'record', 'consent') then 'applied'
            when target = 'evaluation' and expect is null then 'applied'
            when found_key = expect_key then 'applied'
            -- Of a long text the beginning is enough.
            when right(expect, 1) = '…' and left(found_key, length(expect_key)) = expect_key then 'applied'
            else 'stale'
        end as status
    from compared

)

select * from final
