{{ config(
    materialized='incremental' if target.type == 'duckdb' else 'table', incremental_strategy='append',
    on_schema_change='fail', pre_hook="{{ delete_recompared() }}", post_hook="{{ note_compared() }}"
) }}

with

projects as (

    select
        project_id,
        name,
        postal_code,
        replace(project_id, '-', '') as letters,
        {% if is_incremental() -%}
            project_id in ({{ recompared_projects() }}) as is_new
        {%- else -%}
            true as is_new
        {%- endif %}
    from {{ ref('dim_project') }}

),

-- Only projects that share half a name or a postal code are compared: all pairs would grow as their square.
-- Names of nearly the same length have nearly the same half; hence two lengths of it.
blocks as (
    {% for shorter in [0, 1] %}
        select
            project_id,
            is_new,
            'begins ' || left(letters, floor(length(letters) / 2)::integer - {{ shorter }}) as block
        from projects
        where length(letters) >= 6
        union all
        select
            project_id,
            is_new,
            'ends ' || right(letters, floor(length(letters) / 2)::integer - {{ shorter }}) as block
        from projects
        where length(letters) >= 6
        union all
    {% endfor %}

    select
        project_id,
        is_new,
        'postal code ' || postal_code as block
    from projects
    where postal_code is not null

),

pairs as (

    select distinct
        one.project_id,
        other.project_id as other_project_id
    from blocks as one
    inner join blocks as other on one.block = other.block and one.project_id < other.project_id
    where one.is_new or other.is_new

),

compared as (

    select
        one.project_id,
        one.name,
        one.postal_code,
        other.project_id as other_project_id,
        other.name as other_name,
        other.postal_code as other_postal_code,
        {{ likeness('one.letters', 'other.letters') }} as likeness,
        case
            when one.letters = other.letters then 'same-letters'
            when
                one.postal_code = other.postal_code
                and (position(one.letters in other.letters) > 0 or position(other.letters in one.letters) > 0)
                then 'contained-same-postal-code'
            when
                one.postal_code = other.postal_code
                and {{ likeness('one.letters', 'other.letters') }} >= 0.8
                then 'similar-same-postal-code'
            when {{ likeness('one.letters', 'other.letters') }} >= 0.9 then 'similar'
        end as reason
    from pairs
    inner join projects as one on pairs.project_id = one.project_id
    inner join projects as other on pairs.other_project_id = other.project_id

),

final as (

    select
        project_id,
        name,
        postal_code,
        other_project_id,
        other_name,
        other_postal_code,
        round(likeness, 3) as likeness,
        reason,
        'If they are one place, say so in seeds/corrections/project_aliases.csv; else there is nothing to do.'
            as remedy
    from compared
    where reason is not null

)

select * from final
