{{ config(materialized='table') }}

with

cells as (

    select * from {{ ref('int_indicators__cells') }}

),

components as (

    select * from {{ ref('int_indicators__components') }}

),

restricted as (

    select * from {{ ref('int_indicators__restricted') }}

),

family_masks as (

    select * from {{ ref('int_indicators__family_masks') }}

),

gap_masks as (

    select * from {{ ref('int_indicators__gap_masks') }}

),

-- In a strict network the balance of both groups of persons is restricted, as the gap between them: where
-- anything of the three is masked, the gap would tell what it is.
hidden_gaps as (

    select distinct
        gaps.indicator_id,
        gaps.method_version,
        gaps.component_id,
        family_masks.year
    from components as gaps
    inner join components as balances
        on balances.family = 'choices' and balances.question_id in (gaps.question_id, gaps.among_question_id)
    inner join restricted
        on
            {{ same_component('balances', 'restricted') }}
            and restricted.disclosure = 'restricted'
    inner join family_masks
        on
            {{ same_component('family_masks', 'balances') }}
            or {{ same_component('family_masks', 'gaps') }}
    where gaps.family = 'gaps'

),

final as (

    select
        family_masks.indicator_id,
        family_masks.method_version,
        family_masks.component_id,
        family_masks.year,
        family_masks.scope_type,
        family_masks.scope_id,
        family_masks.is_few,
        family_masks.is_left_out
    from family_masks
    left join hidden_gaps
        on
            {{ same_component('family_masks', 'hidden_gaps') }}
            and family_masks.year = hidden_gaps.year
    where hidden_gaps.year is null
    union all
    select
        indicator_id,
        method_version,
        component_id,
        year,
        scope_type,
        scope_id,
        is_few,
        is_left_out
    from gap_masks
    union all
    select
        cells.indicator_id,
        cells.method_version,
        cells.component_id,
        cells.year,
        cells.scope_type,
        cells.scope_id,
        false as is_few,
        true as is_left_out
    from cells
    inner join hidden_gaps
        on
            {{ same_component('cells', 'hidden_gaps') }}
            and cells.year = hidden_gaps.year

)

select * from final
