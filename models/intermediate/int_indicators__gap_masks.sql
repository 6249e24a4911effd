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

-- A masked gap between two groups of persons, beside the balance of each of them where that is public.
margins as (

    select
        masked.indicator_id,
        masked.method_version,
        masked.component_id,
        masked.year,
        masked.scope_type,
        masked.scope_id,
        masked.is_few,
        gaps.question_id,
        gaps.among_question_id,
        {% for side, question in [('one', 'question_id'), ('other', 'among_question_id')] %}
            {% for answer in ['moins-de-femmes', 'autant', 'plus-de-femmes'] %}
                max(case
                    when balances.question_id = gaps.{{ question }} and balances.answer_ids = '{{ answer }}'
                        then figures.numerator
                end) as {{ side }}_{{ loop.index }},
            {% endfor %}
        {% endfor %}
        max(figures.denominator) as n_high
    from masked
    inner join components as gaps
        on
            masked.indicator_id = gaps.indicator_id
            and masked.method_version = gaps.method_version
            and masked.component_id = gaps.component_id
            and gaps.family = 'gaps'
    inner join components as balances
        on balances.family = 'choices' and balances.question_id in (gaps.question_id, gaps.among_question_id)
    inner join restricted
        on
            balances.indicator_id = restricted.indicator_id
            and balances.method_version = restricted.method_version
            and balances.component_id = restricted.component_id
            and restricted.disclosure = 'public'
    inner join figures
        on
            balances.indicator_id = figures.indicator_id
            and balances.method_version = figures.method_version
            and balances.component_id = figures.component_id
            and masked.year = figures.year
            and masked.scope_type = figures.scope_type
            and masked.scope_id = figures.scope_id
    group by
        masked.indicator_id, masked.method_version, masked.component_id, masked.year, masked.scope_type,
        masked.scope_id, masked.is_few, gaps.question_id, gaps.among_question_id

),

-- Between how many and how many sites of the network must have fewer women on the one side (least cover of a
-- 3 × 3 table with these margins, König 1931): where that is one number, the balance gives the gap away. Gaps
-- of groups are held by their sum as well: their balance is masked whatever it says.
given_away as (

    select distinct
        question_id,
        among_question_id,
        year,
        scope_type
    from margins
    where
        scope_type <> 'network'
        or least(one_1 + one_2, other_2 + other_3, one_1 + other_3, case when is_few then 2 else n_high end)
        - greatest(0, one_1 - other_1, one_1 + one_2 - other_1 - other_2) < 1

),

-- Then the balance of both sides is masked in all groups of that kind; in the network, in all kinds.
final as (

    select
        figures.indicator_id,
        figures.method_version,
        figures.component_id,
        figures.year,
        figures.scope_type,
        figures.scope_id,
        false as is_few,
        figures.scope_type <> 'network'
        and (network.numerator in (0, network.denominator) or figures.denominator = network.denominator)
            as is_left_out
    from figures
    inner join components
        on
            figures.indicator_id = components.indicator_id
            and figures.method_version = components.method_version
            and figures.component_id = components.component_id
            and components.family = 'choices'
    inner join restricted
        on
            components.indicator_id = restricted.indicator_id
            and components.method_version = restricted.method_version
            and components.component_id = restricted.component_id
            and restricted.disclosure = 'public'
    inner join figures as network
        on
            figures.indicator_id = network.indicator_id
            and figures.method_version = network.method_version
            and figures.component_id = network.component_id
            and figures.year = network.year
            and network.scope_type = 'network'
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
