"""The colours of the report, light and dark, for the page and for its charts."""

from __future__ import annotations

#: name → (light, dark). Text keeps 4.5:1 and signs 3:1 on what they stand on; the steps run from nothing to all
#: in one hue, so that they survive every kind of colour blindness, and grey paper.
PALETTE: dict[str, tuple[str, str]] = {
    "paper": ("#fbfaf6", "#12171c"),
    "card": ("#ffffff", "#1a2127"),
    "ink": ("#1c2733", "#e7ebef"),
    "muted": ("#53606e", "#a9b4bf"),
    "line": ("#dcded8", "#333d46"),
    "accent": ("#0f5c73", "#7ccbe0"),
    "notice": ("#fdf3d7", "#33290f"),
    "notice-line": ("#a8770a", "#d9a53a"),
    "band": ("#e4e7e6", "#2b353d"),
    "band-line": ("#7d8894", "#8793a0"),
    "step-0": ("#e8eeed", "#1d272d"),
    "step-1": ("#c6dee0", "#224450"),
    "step-2": ("#95c3cb", "#2c6474"),
    "step-3": ("#2e7487", "#62aebf"),
    "step-4": ("#0d4a5d", "#b3e3ec"),
    "on-low": ("#1c2734", "#e7ebf0"),
    "on-high": ("#fffffe", "#12171d"),
}

#: The light colours, as charts are drawn.
LIGHT = {name: light for name, (light, _) in PALETTE.items()}


def style_rules() -> str:
    """CSS that declares every colour as a variable, and lets the charts' colours follow the reader's scheme.

    A chart is drawn in the light colours, so that it is whole by itself, too; the page then recolours it.
    """

    def variables(dark: bool) -> str:
        return "".join(f"--{name}:{colours[dark]};" for name, colours in PALETTE.items())

    recoloured = "\n".join(
        f'.chart [{attribute}="{light}"]{{{attribute}:var(--{name})}}'
        for name, light in LIGHT.items()
        for attribute in ("fill", "stroke")
    )
    return (
        f":root{{color-scheme:light dark;{variables(dark=False)}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{variables(dark=True)}}}}}\n"
        f"{recoloured}\n"
    )
