{#- A quantile of few is the number of one of them. -#}
{%- set is_of_few -%}
    (
        restricted.disclosure = 'restricted' and restricted.statistic = 'median'
        and figures.denominator < 5 and figures.status in ('ok', 'bounds')
    )
{%- endset -%}

with

figures as (

    select * from {{ ref('fct_indicator_value') }}
    where scope_type <> 'site'

),

restricted as (

    select * from {{ ref('int_indicators__restricted') }}

),

masked as (

    select * from {{ ref('int_indicators__masked') }}

),

final as (

    select
        figures.*,
        restricted.disclosure,
        masked.indicator_id is not null or {{ is_of_few }} as is_masked,
        case when masked.is_few then 'few' end as mask,
        case
            when masked.indicator_id is not null or {{ is_of_few }} then 'suppressed' else figures.status
        end as shown_status,
        figures.status = 'small_n' as is_small
    from figures
    inner join restricted
        on {{ same_component('figures', 'restricted') }}
    left join masked
        on {{ same_figure('figures', 'masked') }}
    where masked.is_left_out is not true

)

select * from final -- noqa: AM04
