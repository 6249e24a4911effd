{#-
    Two projects are compared once (qc_possible_duplicates): names that are nearly one take long to be told from others.
    `raw.compared_projects` holds what was compared of each, and by what code.
-#}

{#- SQL: the projects that are not there, or not as they are, among those that were compared. -#}
{% macro recompared_projects() -%}
    select projects.project_id
    from {{ ref('dim_project') }} as projects
    left join raw.compared_projects as compared
        on
            projects.project_id = compared.project_id
            and projects.name = compared.name
            and projects.postal_code is not distinct from compared.postal_code
            and compared.stamp = '{{ code_stamp() }}'
    where compared.project_id is null
{%- endmacro %}

{% macro delete_recompared() -%}
    {%- if target.type == 'duckdb' -%}
        {#- Named whether it is needed or not: dbt looks here for what a model depends on before it runs. -#}
        {%- set projects = ref('dim_project') -%}
        {%- if is_incremental() -%}
            {%- for column in ['project_id', 'other_project_id'] %}
                delete from {{ this }}
                where {{ column }} in ({{ recompared_projects() }})
                    or {{ column }} not in (select projects.project_id from {{ projects }} as projects);
            {%- endfor -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro note_compared() -%}
    {%- if target.type == 'duckdb' -%}
        create or replace table raw.compared_projects as
        select
            project_id,
            name,
            postal_code,
            '{{ code_stamp() }}' as stamp
        from {{ ref('dim_project') }}
    {%- endif -%}
{%- endmacro %}
