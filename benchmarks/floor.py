"""The floor: DuckDB reads the files with explicit columns into one long table, and does nothing else.

    python -m benchmarks.floor FOLDER

No hash, no archive, no check, no person's data taken out, no answer recognised: less than this cannot be done.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

_TYPES = ("short_text", "long_text", "number", "rating", "date", "website", "email", "yes_no")
_QUESTION = (
    'id varchar, title varchar, "type" varchar, '
    + ", ".join(f'"{name}" struct("value" varchar)' for name in _TYPES)
    + ", multiple_choice struct(choices varchar[]), file_upload struct(file_url varchar)"
)
_NAMES = ("id", "title", "type", *_TYPES, "multiple_choice", "file_upload")


def read(folder: str) -> int:
    """Read the answers of all Typeform files below `folder`, and return how many there are."""
    connection = duckdb.connect(config={"preserve_insertion_order": False})
    entry = f'struct({_QUESTION}, "group" struct(answers struct({_QUESTION})[]))'
    # The reader takes twice this at once, for each thread: no more than the largest file needs.
    size = max(1 << 20, 2 * max(file.stat().st_size for file in Path(folder).rglob("*.json")))
    own = ", ".join(f'"{name}" := entry."{name}"' for name in _NAMES)
    values = ", ".join(f'question."{name}"."value"' for name in _TYPES)
    connection.execute(f"""
        create table answers as
        with entries as (
            select filename, token, unnest(answers) as entry
            from read_json(
                '{folder}/**/*.json',
                columns = {{token: 'varchar', answers: '{entry}[]'}},
                filename = true,
                maximum_object_size = {size}
            )
        ),

        questions as (
            select
                filename,
                token,
                unnest(
                    if(entry."group" is null, [struct_pack({own})], entry."group".answers)
                ) as question
            from entries
        )

        select
            filename,
            token,
            question.id as field_id,
            question."type" as field_type,
            coalesce({values}) as value,
            question.multiple_choice.choices as choices
        from questions
    """)
    return int(connection.execute("select count(*) from answers").fetchall()[0][0])


if __name__ == "__main__":
    print(read(sys.argv[1]))
