"""Pages for people, each one file that needs no network: a template and its styles from `templates/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "templates"


def render(
    template: str,
    told: Mapping[str, Any],
    *,
    styles: Sequence[str] = ("quality.css",),
    filters: Mapping[str, Callable[..., Any]] | None = None,
) -> str:
    """The page. A name that the template uses and `told` lacks raises jinja2.UndefinedError."""
    # Imported here: only who writes a page needs them.
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters or {})
    style = "".join((_FOLDER / name).read_text(encoding="utf-8") for name in styles)
    # Macros see what is told only where it is global.
    page = environment.get_template(template, globals={**told, "style": Markup(style)}).render()
    return page.strip() + "\n"
