"""The colours: dark, light and high contrast; the terminal's own through Textual's ansi themes."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.theme import Theme

DARK = Theme(
    name="migwizard-dark",
    primary="#6cb6ff",
    secondary="#8ddbcd",
    accent="#d2a8ff",
    warning="#e3b341",
    error="#ff7b72",
    success="#7ee787",
    foreground="#d7dde4",
    background="#12161b",
    surface="#171c22",
    panel="#202730",
    dark=True,
)
LIGHT = Theme(
    name="migwizard-light",
    primary="#0b5cad",
    secondary="#0b6e5f",
    accent="#6f3fb8",
    warning="#8a5a00",
    error="#b3261e",
    success="#1a6b2d",
    foreground="#1c2229",
    background="#fbfbf9",
    surface="#f4f4f1",
    panel="#e7e8e4",
    dark=False,
)
CONTRAST = Theme(
    name="migwizard-contrast",
    primary="#00ffff",
    secondary="#00ffff",
    accent="#ffff00",
    warning="#ffff00",
    error="#ff9090",
    success="#00ff00",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#262626",
    dark=True,
    luminosity_spread=0.0,
    text_alpha=1.0,
    variables={
        "text-muted": "auto 100%",
        "text-disabled": "auto 80%",
        "block-cursor-background": "#ffff00",
        "block-cursor-foreground": "#000000",
        "block-cursor-text-style": "bold",
    },
)
OWN = (DARK, LIGHT, CONTRAST)
NAMES = (*(theme.name for theme in OWN), "ansi-dark", "ansi-light")
"""What the palette offers."""
WITHOUT_COLOUR = "textual-dark"
"""With NO_COLOR the ansi themes end black on black; this one stays legible in grey."""


def register(app: App[Any], wanted: str = "") -> None:
    """Make the themes known and choose one: the wanted one, else dark."""
    for theme in OWN:
        app.register_theme(theme)
    if app.no_color:
        app.theme = WITHOUT_COLOUR
    elif wanted:
        app.theme = wanted if wanted in NAMES or wanted in app.available_themes else f"migwizard-{wanted}"
    else:
        app.theme = DARK.name
