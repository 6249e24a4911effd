-- Published and hand-checked figures of the statistics, to 1e-6.
with

intervals as (
    {% for k, n, population, low, high in [
        (7, 12, 'null', 0.319511, 0.806740),
        (7, 12, 20, 0.403236, 0.743634),
        (7, 12, 12, 0.583333, 0.583333),
        (7, 12, 11, 0.319511, 0.806740),
        (0, 5, 'null', 0.0, 0.434482),
        (0, 5, 9, 0.0, 0.277533),
        (5, 5, 40, 0.591894, 1.0),
        (1, 1, 1, 1.0, 1.0),
    ] %}
    select
        {{ k }} as k,
        {{ n }} as n,
        {{ population }}::integer as population,
        {{ low }}::double as low,
        {{ high }}::double as high
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

-- The first is the example of statpsych's ci.prop.ps.
changes as (
    {% for gained, lost, n, change, low, high, p in [
        (26, 4, 48, 0.44, 0.2548067, 0.6251933, 0.000059479),
        (1, 7, 21, -0.260870, -0.508359, -0.013380, 0.0703125),
        (0, 0, 10, 0.0, -0.230984, 0.230984, 1.0),
        (3, 3, 20, 0.0, -0.251983, 0.251983, 1.0),
    ] %}
    select
        {{ gained }} as gained,
        {{ lost }} as lost,
        {{ n }} as n,
        {{ change }}::double as change,
        {{ low }}::double as low,
        {{ high }}::double as high,
        {{ p }}::double as p
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

-- Four tests, two of them equal, beside a family of one.
tests as (

    select
        *,
        {{ holm_factor('p', 'family', 'test') }} as factor
    from (
        values ('a', 1, 0.01, 0.04), ('a', 2, 0.04, 0.09), ('a', 3, 0.03, 0.09), ('a', 4, 0.03, 0.09), ('b', 1, 0.04, 0.04)
    ) as tests(family, test, p, corrected)

),

compared as (
    {% for side in ['low', 'high'] %}
    select
        'wilson {{ side }}' as formula,
        {{ side }} as expected,
        {{ wilson('k', 'n', 'population', side) }} as computed
    from intervals
    union all
    select
        'bonett_price {{ side }}',
        {{ side }},
        {{ bonett_price('gained', 'lost', 'n', side) }}
    from changes
    union all
    select
        'worst_case {{ side }}',
        {{ 0.35 if side == 'low' else 0.75 }},
        {{ worst_case('7', '12', '20', side) }}
    union all
    {% endfor %}
    select
        'bonett_price change',
        change,
        {{ bonett_price('gained', 'lost', 'n', 'change') }}
    from changes
    union all
    select
        'bonett_price error',
        0.09448809,
        {{ bonett_price('26', '4', '48', 'error') }}
    union all
    select
        'mcnemar_exact',
        p,
        {{ mcnemar_exact('gained', 'lost') }}
    from changes
    union all
    select
        'holm',
        corrected,
        {{ holm('p', 'factor', 'family') }}
    from tests
    union all
    select
        'quantile',
        1.75,
        {{ quantile('number', 0.25) }}
    from (values (1), (null), (2), (4), (3)) as numbers(number)

),

final as (

    select * from compared
    where (abs(computed - expected) < 0.000001) is not true

)

select * from final
