"""Raw exports in, raw tables out: everything that happens to a file before the first SQL model.

`formats/` has a reader per form of export; `templates/` and `texts/` what is said to people, in both languages.
"""
