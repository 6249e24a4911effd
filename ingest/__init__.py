"""Raw exports in, raw tables out: everything that happens to a file before the first SQL model."""
