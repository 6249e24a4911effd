{#-
    One side of the 95 % score interval of a share. Wilson, "Probable inference, the law of succession, and
    statistical inference", J. Am. Stat. Assoc. 22 (1927) 209-212. Where the sample is a known part of a finite population,
    z² is multiplied by (N - n) / (N - 1), the hypergeometric variance over the binomial one (Cochran, Sampling Techniques,
    3rd ed., 1977, §3.2): with N = n nothing is left to estimate, and both sides are k / n.

    wilson(k, n, population, side): k among n, side 'low' or 'high'; where the population N is null or smaller than n
    there is no correction. Null where n is 0.
-#}
{% macro wilson(k, n, population, side) -%}
    {%- set sign, end, whole = ('-', 'greatest(cast(0 as double), ', '0') if side == 'low' else ('+', 'least(cast(1 as double), ', n) -%}
    {%- set share = '(cast(' ~ k ~ ' as double) / nullif(' ~ n ~ ', 0))' -%}
    {%- set spread = '(' ~ wilson_z2(n, population) ~ ' / nullif(' ~ n ~ ', 0))' -%}
    case
        when {{ n }} = 0 then null
        when {{ k }} = {{ whole }} then {{ share }}
        else {{ end }}(
            {{ share }} + {{ spread }} / 2
            {{ sign }} sqrt({{ spread }} * ({{ share }} * (1 - {{ share }}) + {{ spread }} / 4))
        ) / (1 + {{ spread }}))
    end
{%- endmacro %}

{#- The square of 1.959963984540054, with the correction for a finite population. -#}
{% macro wilson_z2(n, population) -%}
    cast(3.841458820694124 as double) * case
        when {{ population }} = {{ n }} then cast(0 as double)
        when {{ population }} > {{ n }} then cast({{ population }} - {{ n }} as double) / ({{ population }} - 1)
        else cast(1 as double)
    end
{%- endmacro %}
