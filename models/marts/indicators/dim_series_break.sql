with

breaks as (

    select * from {{ ref('series_breaks') }}

),

final as (

    select
        {{ hash_key([
            "coalesce(indicator_id, '')", "coalesce(method_version, '')", "coalesce(question_id, '')",
            "coalesce(year_from::string, '')", "coalesce(year_to::string, '')",
            "coalesce(generation_from, '')", "coalesce(generation_to, '')",
        ]) }} as series_break_id,
        indicator_id,
        method_version,
        question_id,
        year_from,
        year_to,
        generation_from,
        generation_to,
        reason_fr,
        reason_en
    from breaks

)

select * from final
