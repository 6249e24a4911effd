with

components as (

    select * from {{ ref('int_indicators__components') }}

),

figures as (

    select * from {{ ref('fct_indicator_value') }}
    where scope_type <> 'site'

),

-- The balance of each of the two groups of persons, beside the gap between them.
margins as (

    select
        gaps.indicator_id,
        gaps.method_version,
        gaps.component_id,
        gaps.question_id,
        gaps.among_question_id,
        gap.year,
        gap.scope_type,
        gap.scope_id,
        max(gap.numerator) as numerator,
        {% for side, question in [('one', 'question_id'), ('other', 'among_question_id')] %}
            {% for answer in ['moins-de-femmes', 'autant', 'plus-de-femmes'] %}
                max(case
                    when balances.question_id = gaps.{{ question }} and balances.answer_ids = '{{ answer }}'
                        then balance.numerator
                end) as {{ side }}_{{ loop.index }},
            {% endfor %}
        {% endfor %}
        max(gap.denominator) as denominator
    from components as gaps
    inner join components as balances
        on balances.family = 'choices' and balances.question_id in (gaps.question_id, gaps.among_question_id)
    inner join figures as gap
        on {{ same_component('gaps', 'gap') }}
    inner join figures as balance
        on
            {{ same_component('balances', 'balance') }}
            and gap.year = balance.year
            and gap.scope_type = balance.scope_type
            and gap.scope_id = balance.scope_id
    where gaps.family = 'gaps'
    group by
        gaps.indicator_id, gaps.method_version, gaps.component_id, gaps.question_id, gaps.among_question_id,
        gap.year, gap.scope_type, gap.scope_id

),

-- Least cover of a 3 × 3 table with these margins (König 1931).
final as (

    select
        indicator_id,
        method_version,
        component_id,
        question_id,
        among_question_id,
        year,
        scope_type,
        scope_id,
        numerator,
        denominator,
        greatest(
            0,
            denominator - other_1 - one_2 - one_3,
            denominator - other_1 - other_2 - one_3
        ) as gap_low,
        least(denominator, one_1 + one_2, other_2 + other_3, one_1 + other_3) as gap_high
    from margins

)

select * from final
