"""Three lines open the warehouse in a notebook, and give SQL cells to those who want them:

    %load_ext analyses.lab
    from analyses.lab import connect
    db = connect()

Everything else is plain DuckDB: `db.sql("select …")`, `.df()`, `.show()`. The extension draws charts as pictures, in
the colours of the report, without asking any network, and adds the cell magic `%%sql`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import jinja2

if TYPE_CHECKING:
    import pandas

ROOT = Path(__file__).resolve().parents[1]

#: Functions made of the macros that the models are built with: name, parameters, macro, further arguments.
_FUNCTIONS = (
    ("wilson_low", ("k", "n", "population"), "wilson", "low"),
    ("wilson_high", ("k", "n", "population"), "wilson", "high"),
    ("worst_case_low", ("k", "n", "population"), "worst_case", "low"),
    ("worst_case_high", ("k", "n", "population"), "worst_case", "high"),
    ("bonett_price_low", ("gained", "lost", "n"), "bonett_price", "low"),
    ("bonett_price_high", ("gained", "lost", "n"), "bonett_price", "high"),
)

_last: duckdb.DuckDBPyConnection | None = None


def connect(warehouse: Path | str | None = None) -> duckdb.DuckDBPyConnection:
    """The published database, opened for reading only: nothing that is done here can harm it.

    `warehouse` is the folder that holds effets.duckdb; else EFFETS_WAREHOUSE, else `warehouse` of this project. The
    formulas of the models are there as functions: `wilson_low(k, n, population)`, `wilson_high`, `worst_case_low`,
    `worst_case_high`, `bonett_price_low(gained, lost, n)`, `bonett_price_high`. Raises FileNotFoundError if nothing
    is published there.
    """
    global _last
    folder = Path(warehouse or os.environ.get("EFFETS_WAREHOUSE") or ROOT / "warehouse")
    file = folder / "effets.duckdb"
    if not file.exists():
        raise FileNotFoundError(
            f"rien n'est publié dans {folder} : lancez d'abord « make run » / nothing is published there: `make run`"
        )
    connection = duckdb.connect(str(file), read_only=True)
    module = _macros()
    for name, parameters, macro, side in _FUNCTIONS:
        body = getattr(module, macro)(*parameters, side)
        connection.execute(f"create temp macro {name}({', '.join(parameters)}) as ({body})")
    _last = connection
    return connection


def _macros() -> Any:
    """The macros of dbt that need nothing of dbt."""
    texts = [
        (ROOT / "macros" / name).read_text(encoding="utf-8") for name in ("wilson.sql", "statistics.sql")
    ]
    return jinja2.Environment().from_string("\n".join(texts)).module


def run_sql(line: str, cell: str, names: dict[str, Any]) -> pandas.DataFrame:
    """The rows of a `%%sql` cell, asked of the connection made last.

    A `$name` in it takes the value of the notebook's variable `name`. Raises RuntimeError without a connection,
    NameError for a `$name` that is no variable.
    """
    if _last is None:
        raise RuntimeError("d'abord : db = connect()")
    bare = re.sub(r"'(?:[^']|'')*'|--[^\n]*", " ", cell)
    wanted = dict.fromkeys(re.findall(r"\$([A-Za-z_]\w*)", bare))
    for name in wanted:
        if name not in names:
            raise NameError(f"${name} : aucune variable « {name} » dans ce carnet")
    frame: pandas.DataFrame = _last.execute(cell, {name: names[name] for name in wanted} or None).df()
    return frame


def load_ipython_extension(shell: Any) -> None:
    """Called by `%load_ext analyses.lab`."""
    import altair as alt
    import pandas as pd

    from analyses.report.palette import LIGHT

    # Testimonies and names are words: a styled table would take them for markup.
    pd.set_option("styler.format.escape", "html")

    def sql(line: str, cell: str) -> Any:
        """%%sql [name]: show the rows of the cell, or keep them under a name."""
        frame = run_sql(line, cell, shell.user_ns)
        if name := line.strip():
            shell.user_ns[name] = frame
            return None
        return frame

    @alt.theme.register("effets", enable=True)
    def theme() -> alt.theme.ThemeConfig:
        return {
            "config": {
                "background": LIGHT["card"],
                "font": "sans-serif",
                "title": {"anchor": "start", "color": LIGHT["ink"], "fontSize": 15, "offset": 12},
                "axis": {
                    "labelColor": LIGHT["ink"],
                    "titleColor": LIGHT["muted"],
                    "labelFontSize": 12,
                    "labelLimit": 320,
                    "gridColor": LIGHT["line"],
                    "domainColor": LIGHT["line"],
                    "tickColor": LIGHT["line"],
                    "titleFontWeight": "normal",
                },
                "legend": {"labelFontSize": 12, "titleColor": LIGHT["muted"], "titleFontWeight": "normal"},
                "view": {"stroke": None},
                "mark": {"color": LIGHT["accent"]},
                "range": {
                    "category": [LIGHT["step-4"], LIGHT["step-2"], LIGHT["notice-line"], LIGHT["band-line"]],
                    "ordinal": [LIGHT[f"step-{number}"] for number in range(5)],
                    "heatmap": [LIGHT[f"step-{number}"] for number in range(5)],
                },
            }
        }

    # Sentences are read whole.
    pd.options.display.max_colwidth = 400
    # Pictures are drawn here: the usual renderer fetches its program from the network.
    alt.renderers.enable("svg")
    shell.register_magic_function(sql, "cell", "sql")
