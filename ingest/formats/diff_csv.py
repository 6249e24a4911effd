"""`<slug>.diff.csv`: the raw answers of a place, and beside each what the platform stored of it. A weak source.

Recognised by its header. It says two things about each question, so it holds two records of one evaluation:
`<place>/reponse` reads like the file of raw answers, `<place>/base` like that of stored values, and knows as
little. The answer goes first where both say something, and what was edited on the platform afterwards shows as
a contradiction.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from ingest.formats import platform_csv
from ingest.identify import Sample

NAME = "diff_csv"


def recognise(sample: Sample) -> bool:
    """Whether the file begins with the header of answers beside stored values."""
    return platform_csv.is_kind(sample, platform_csv.DIFF)


def redact(data: bytes) -> bytes:
    """The file without the respondent's name and address, and without edit links.

    Raises Rejection `malformed` or `empty`.
    """
    return platform_csv.redact(data, platform_csv.DIFF)


def document(data: bytes) -> bytes:
    """The file as the JSON that the queries read."""
    return platform_csv.document(data, platform_csv.DIFF)


def without(data: bytes, places: Container[str]) -> bytes:
    """The file with empty lines in the place of the rows of these numbers."""
    return platform_csv.without(data, platform_csv.DIFF, places)


PLACES = f"""
    select places.record_key || sides.suffix as record_key, places.place
    from ({platform_csv.PLACES}) as places
    cross join (values ('/reponse'), ('/base')) as sides (suffix)
"""

QUERIES: Mapping[str, str] = {
    "form_rows": platform_csv.rows(),
    # The later key goes first among equals. Both records are of one place, whatever name is stored; what opens
    # a question is not stored.
    "form_records": f"""
        with names as (
            select source_id, record_key, any_value(answer) as name
            from form_rows
            where answer <> '' and field_ref in (select field_ref from codebook_forms where attribute = 'name')
            group by source_id, record_key
        ),

        places as ({platform_csv.records("not_asked")})

        select
            places.* replace (
                places.record_key || sides.suffix as record_key,
                sides.default_state as default_state,
                coalesce(names.name, places.project_name) as project_name
            )
        from places
        left join names using (source_id, record_key)
        cross join (
            values ('/reponse', 'not_asked'), ('/base', 'not_shown')
        ) as sides (suffix, default_state)
    """,
    "form_answers": f"""
        select * replace (record_key || '/reponse' as record_key)
        from ({platform_csv.answers(is_stored=False)}) as answered

        union all

        select * replace (record_key || '/base' as record_key)
        from ({platform_csv.answers(is_stored=True, column="stored")}) as stored
        where field_ref not in (
            select field_ref
            from codebook_forms
            where field_ref is not null and (attribute = 'name' or target = 'gate')
        )
    """,
    **platform_csv.QUERIES,
}
