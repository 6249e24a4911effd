"""The forms of exports, one module each. A new form is one new file here and one line in `FORMATS`.

Each module has `NAME` (its name in the published tables), `recognise(sample)`, which is cheap and never
raises, and `redact(data)`, which checks an export and takes personal and secret fields out of it, raising
Rejection for one that cannot be taken. It reads in one of two ways, both ending in the tables of
ingest/schema.py:

- `read(data, codebook)` → Reading: a pure function, for pages;
- `QUERIES`: for structured forms, SQL by raw table over `documents(source_id varchar, document json)` and the
  codebook's relations, giving the columns of that table in any order (missing ones are null). Names that are
  no raw table become temporary tables, made in the order of the mapping, for those after them to use. A form
  that is no JSON has `document(data)`, which turns an export, redacted, into the JSON that they query. One
  whose files hold several records has `PLACES`, SQL for after the queries that gives a `place` or more for each
  `record_key`, and `without(data, places)`: the file with nothing there, and the rest where it was. One whose
  records can be read without each other may have `parts(document, size)`, which cuts a large document. One that
  asks the same of most has `compact(data)`, what stands in the place of the document, `tables(compacts)`, the Arrow
  tables that its queries read instead of `documents`, `take(data)`, which redacts and compacts in one go, and
  `pack(compacts)` and `unpack(packed)`, for their way from one process to another.
"""

from __future__ import annotations

from types import ModuleType

from ingest.formats import (
    admin_csv,
    diff_csv,
    environment,
    genere_csv,
    page,
    place,
    typeform,
    typeform_api,
    typeform_csv,
    typeform_download,
    typeform_download_xlsx,
)

#: Asked in this order whether they recognise a file.
FORMATS: tuple[ModuleType, ...] = (
    place,
    environment,
    typeform,
    typeform_api,
    typeform_csv,
    genere_csv,
    diff_csv,
    typeform_download,
    typeform_download_xlsx,
    admin_csv,
    page,
)

BY_NAME = {module.NAME: module for module in FORMATS}
