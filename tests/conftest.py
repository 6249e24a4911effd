"""What holds for all tests."""

import os

# They read what the command says; tests/pipeline/test_language.py looks at its French.
os.environ["EFFETS_LANG"] = "en"
