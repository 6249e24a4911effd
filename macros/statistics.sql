{#-
    Statistics of indicators, beside `wilson`. Each formula stands once, here; models call it with names of columns.
-#}

{#-
    One side of the worst case of a share: whoever did not answer would all have said no, or all yes. Manski,
    "Nonparametric bounds on treatment effects", Am. Econ. Rev. 80 (1990) 319-323, for a share that is seen in part.

    worst_case(k, n, population, side): k / N and (k + N - n) / N; null where N is 0 or null. An ambiguous answer is
    among the N - n.
-#}
{% macro worst_case(k, n, population, side) -%}
    cast({{ k }} {{ '+ ' ~ population ~ ' - ' ~ n if side == 'high' }} as double) / nullif({{ population }}, 0)
{%- endmacro %}

{#-
    Two-sided exact p of McNemar's test: twice the smaller tail of a binomial with one half, at most 1. McNemar, "Note on
    the sampling error of the difference between correlated proportions", Psychometrika 12 (1947) 153-157; exact form:
    Fay, "Two-sided exact tests and matching confidence intervals for discrete data", R Journal 2/1 (2010) 53-58.
    1 where nothing moved.
-#}
{% macro mcnemar_exact(gained, lost) -%}
    least(1.0, 2 * {{ binomial_half_tail('least(' ~ gained ~ ', ' ~ lost ~ ')', gained ~ ' + ' ~ lost) }})
{%- endmacro %}

{#-
    Bonett and Price, "Adjusted Wald confidence interval for a difference of binomial proportions based on paired data",
    J. Educ. Behav. Stat. 37 (2012) 479-488: gained + 1 and lost + 1 among n + 2.

    bonett_price(gained, lost, n, part): part 'change' (the adjusted difference, centre of the interval), 'error' (its
    standard error), 'low' or 'high' (95 %, kept within -1 and 1). Null where n is 0.
-#}
{% macro bonett_price(gained, lost, n, part) -%}
    {%- set size = '(nullif(' ~ n ~ ', 0) + 2)' -%}
    {%- set change = '(cast(' ~ gained ~ ' - ' ~ lost ~ ' as double) / ' ~ size ~ ')' -%}
    {%- set moved = '(cast(' ~ gained ~ ' + ' ~ lost ~ ' + 2 as double) / ' ~ size ~ ')' -%}
    {%- set error = 'sqrt((' ~ moved ~ ' - ' ~ change ~ ' * ' ~ change ~ ') / ' ~ size ~ ')' -%}
    {%- if part == 'change' -%} {{ change }}
    {%- elif part == 'error' -%} {{ error }}
    {%- elif part == 'low' -%} greatest(-1.0, {{ change }} - 1.959963984540054 * {{ error }})
    {%- else -%} least(1.0, {{ change }} + 1.959963984540054 * {{ error }})
    {%- endif -%}
{%- endmacro %}

{#-
    Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Stat. 6 (1979) 65-70: the i-th smallest of m
    is multiplied by m - i + 1; no result is smaller than the one before it, none larger than 1.

    holm_factor(p, family, tie_break): m - i + 1. holm(p, factor, family): the corrected p, where `factor` is a column
    that holds it. `family`: the columns that a family of tests shares; rows without a p are to be left out before.
-#}
{% macro holm_factor(p, family, tie_break) -%}
    count(*) over (partition by {{ family }})
    - row_number() over (partition by {{ family }} order by {{ p }} asc, {{ tie_break }}) + 1
{%- endmacro %}

{% macro holm(p, factor, family) -%}
    least(1.0, max({{ factor }} * {{ p }}) over (
        partition by {{ family }} order by {{ factor }} desc
        rows between unbounded preceding and current row
    ))
{%- endmacro %}

{#-
    Aggregate: a quantile of the values that are not null, by linear interpolation between neighbours. Definition 7 of
    Hyndman and Fan, "Sample quantiles in statistical packages", Am. Stat. 50 (1996) 361-365; the default of R and NumPy.
    The number of values stands beside it as the denominator.
-#}
{% macro quantile(value, share) -%}
    {{ return(adapter.dispatch('quantile', 'effets')(value, share)) }}
{%- endmacro %}

{% macro default__quantile(value, share) -%}
    quantile_cont({{ value }}, {{ share }})
{%- endmacro %}

{#- The chance of at most k heads in n throws of a fair coin, added up in logarithms so that a large n does no harm. -#}
{% macro binomial_half_tail(k, n) -%}
    {{ return(adapter.dispatch('binomial_half_tail', 'effets')(k, n)) }}
{%- endmacro %}

{% macro default__binomial_half_tail(k, n) -%}
    list_sum(list_transform(
        generate_series(0, {{ k }}),
        lambda x: exp(
            lgamma({{ n }} + 1) - lgamma(x + 1) - lgamma({{ n }} - x + 1) - ({{ n }}) * ln(2)
        )
    ))
{%- endmacro %}

{#-
    Does an answer count? `list` holds answers joined by `|`, or, after `!`, those that do not count; null: every one
    counts. A label that the codebook does not know is an answer: it counts wherever no particular one is asked for.
-#}
{% macro counts_answer(answer_id, list) -%}
    case
        when {{ list }} is null then true
        when {{ list }} like '!%'
            then position('|' || coalesce({{ answer_id }}, '') || '|' in '|' || substr({{ list }}, 2) || '|') = 0
        else coalesce(position('|' || {{ answer_id }} || '|' in '|' || {{ list }} || '|') > 0, false)
    end
{%- endmacro %}
