with

source as (

    select * from {{ source('raw', 'published_figures') }}

),

final as (

    select
        report_year,
        edition,
        release,
        published_on,
        indicator_id,
        method_version,
        component_id,
        year,
        scope_type,
        scope_id,
        numerator,
        denominator,
        value,
        status,
        method_digest,
        codebook_digest,
        corrections_digest,
        register_digest,
        disclosure
    from source

)

select * from final
