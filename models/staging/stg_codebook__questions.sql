with

social as (

    select * from {{ ref('questions') }}

),

profile as (

    select * from {{ ref('questions_profile') }}

),

environment as (

    select * from {{ ref('questions_environment') }}

),

final as (
    {% for questionnaire in ['social', 'profile', 'environment'] %}
        select
            question_id,
            form,
            category_id,
            position::integer as position,
            role,
            kind,
            answer_list,
            unit,
            on_page,
            typeform_id,
            typeform_type,
            label_fr,
            label_en,
            label_evidence,
            {% if questionnaire == 'environment' %}
                axis,
                sub_axis,
                weight::double as weight,
                filter_question_id
            {% else %}
                null::string as axis,
                null::string as sub_axis,
                null::double as weight,
                null::string as filter_question_id
            {% endif %}
        from {{ questionnaire }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from final
