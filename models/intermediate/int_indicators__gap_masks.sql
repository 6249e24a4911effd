with

components as (

    select * from {{ ref('int_indicators__components') }}

),

restricted as (

    select * from {{ ref('int_indicators__restricted') }}

),

figures as (

    select * from {{ ref('fct_indicator_value') }}
    where scope_type <> 'site'

),

masked as (

    select * from {{ ref('int_indicators__family_masks') }}
    where not is_left_out

),

margins as (

    select * from {{ ref('int_indicators__gap_margins') }}

),

-- A masked gap between two groups of persons, where the balance of each of them is public and leaves one
-- possible gap: the balance gives it away. Gaps of groups are held by their sum as well: their balance is
-- masked whatever it says.
given_away as (

    select distinct
        margins.question_id,
        margins.among_question_id,
        margins.year,
        margins.scope_type
    from masked
    inner join margins
        on {{ same_figure('masked', 'margins') }}
    where
        margins.scope_type <> 'network'
        or case when masked.is_few then least(margins.gap_high, 2) else margins.gap_high end
        - margins.gap_low < 1

),

-- The balance of both sides is masked in the network, with all kinds of groups. Of groups it is left out:
-- beside the network's, a masked row of a site or two may be filled in.
final as (

    select
        figures.indicator_id,
        figures.method_version,
        figures.component_id,
        figures.year,
        figures.scope_type,
        figures.scope_id,
        false as is_few,
        figures.scope_type <> 'network' as is_left_out
    from figures
    inner join components
        on
            {{ same_component('figures', 'components') }}
            and components.family = 'choices'
    inner join restricted
        on
            {{ same_component('components', 'restricted') }}
            and restricted.disclosure = 'public'
    where
        figures.denominator > 0
        and exists (
            select 1 from given_away
            where
                components.question_id in (given_away.question_id, given_away.among_question_id)
                and given_away.year = figures.year
                and given_away.scope_type in ('network', figures.scope_type)
        )

)

select * from final
