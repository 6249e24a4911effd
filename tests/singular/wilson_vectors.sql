-- Published and hand-checked intervals, to 1e-6.
with

vectors as (
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

computed as (

    select
        *,
        {{ wilson('k', 'n', 'population', 'low') }} as computed_low,
        {{ wilson('k', 'n', 'population', 'high') }} as computed_high
    from vectors

),

final as (

    select * from computed
    where
        (abs(computed_low - low) < 0.000001) is not true
        or (abs(computed_high - high) < 0.000001) is not true

)

select * from final
