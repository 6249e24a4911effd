"""The colours of the report, light and dark, for the page and for its charts."""

from __future__ import annotations

from collections.abc import Mapping

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
    "warm": ("#a35a12", "#e0a25e"),
    "on-low": ("#1c2734", "#e7ebf0"),
    "on-high": ("#fffffe", "#12171d"),
}

#: The light colours, as charts are drawn.
LIGHT = {name: light for name, (light, _) in PALETTE.items()}


def adapted(colour: str, paper: str, towards: str) -> str:
    """A colour brought towards another until text in it can be read on `paper` (4.5:1)."""
    for share in range(0, 101, 5):
        mixed = "#" + "".join(
            f"{round(int(colour[i : i + 2], 16) * (100 - share) / 100 + int(towards[i : i + 2], 16) * share / 100):02x}"
            for i in (1, 3, 5)
        )
        if contrast(mixed, paper) >= 4.5:
            return mixed
    return towards


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def colours(own: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """The palette with the network's own colours, made readable on both papers; others than the accent stay."""
    palette = dict(PALETTE)
    if "accent" in own:
        light, dark = PALETTE["paper"]
        palette["accent"] = adapted(own["accent"], light, "#000000"), adapted(own["accent"], dark, "#ffffff")
    return palette


def style_rules(own: Mapping[str, str]) -> str:
    """CSS that declares every colour as a variable, and lets the charts' colours follow the reader's scheme.

    A chart is drawn in the light colours, so that it is whole by itself, too; the page then recolours it.
    """

    shades = colours(own)

    def variables(dark: bool) -> str:
        return "".join(f"--{name}:{pair[dark]};" for name, pair in shades.items())

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
