with

components as (

    select * from {{ ref('int_indicators__components') }}

),

indicators as (

    select * from {{ ref('dim_indicator') }}

),

settings as (

    select max(case when key = 'disclosure' then value end) as disclosure from {{ ref('stg_raw__settings') }}

),

questions as (

    select * from {{ ref('stg_codebook__questions') }}

),

answers as (

    select * from {{ ref('stg_codebook__answers') }}

),

-- Questions whose texts may stand for a number: how many do is a figure of its own.
counted as (

    select distinct question_id from components
    where measure = 'none'

),

-- What is documented, received or answered is coverage, and public (rule 7); in a strict network
-- (effets.toml) the rest is restricted. Indicators of one question share its answers: they are masked
-- together.
final as (

    select
        components.indicator_id,
        components.method_version,
        components.component_id,
        components.statistic,
        coalesce(
            min(coalesce(components.among_question_id, components.question_id)) over (
                partition by components.indicator_id, components.method_version
            ),
            components.indicator_id
        ) as item_id,
        case
            when
                components.family in ('documents', 'participation')
                or components.statistic = 'count'
                then 'public'
            when settings.disclosure = 'strict' then 'restricted'
            else indicators.disclosure
        end as disclosure,
        -- How many are asked about is itself an answer: to another question, or to this one.
        components.family = 'choices' and components.among_question_id is not null
        or components.statistic = 'median' and counted.question_id is not null as is_conditional,
        -- Shares that add up to those that answer: one more would tell the one that is masked.
        case
            when components.statistic <> 'share' or components.family = 'gaps' then null
            when components.family = 'breadth' then components.indicator_id
            when questions.kind in ('single', 'rating') then components.question_id
        end as sum_id,
        indicators.direction = 'down'
        or coalesce(components.answer_polarity = -1, false)
        or coalesce(answers.polarity = -1, false) as is_negative
    from components
    inner join indicators
        on
            components.indicator_id = indicators.indicator_id
            and components.method_version = indicators.method_version
    cross join settings
    left join counted on components.question_id = counted.question_id
    left join questions on components.question_id = questions.question_id
    left join answers
        on questions.answer_list = answers.answer_list and components.answer_ids = answers.answer_id

)

select * from final
