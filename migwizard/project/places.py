"""`--scratch WHERE`: where scratch databases are made, instead of on the server of the default database as its user.

A URL may hold a password: it goes to the project's process and nowhere else. Texts for people have `***` in its place.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from migwizard.config import Config
from migwizard.errors import UsageError

OPTION, VARIABLE = "--scratch", "MIGWIZARD_SCRATCH"
CODE = "scratch-where"
LOCAL, EMBEDDED, GIVEN = "local", "embedded", "given"
HIDDEN = "***"
SCHEMES = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "postgis": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
}
FORMS = (
    f"{OPTION} takes an alias of your settings, whose server and user are used; the URL of a server, as postgresql://USER@HOST/ (one "
    f"with a password belongs into the variable {VARIABLE}); several empty databases, each as a URL with its name or as an alias; local, for a server on this machine; or embedded, for a PostgreSQL of our own."
)
"""What can be given, for people."""

Kind = Literal["server", "given", "local", "embedded"]


@dataclass(frozen=True, slots=True)
class Spot:
    """One place: an alias of the settings, or a URL."""

    shown: str
    """As it was said, without the password."""
    alias: str = ""
    vendor: str = ""
    """ "postgresql" or "mysql"; empty for an alias, whose engine the settings know."""
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)
    """HOST, PORT, USER, PASSWORD and NAME, as Django calls them."""
    options: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What stands behind the question mark, for the driver."""

    def told(self) -> dict[str, Any]:
        """What the project's process needs to know."""
        return {"alias": self.alias, "settings": dict(self.settings), "options": dict(self.options)}


@dataclass(frozen=True, slots=True)
class Places:
    """Where scratch databases are made: on a server, or in the databases that were given."""

    kind: Kind
    spots: tuple[Spot, ...]
    source: str
    """Where that was said."""

    @property
    def shown(self) -> str:
        return " ".join(spot.shown for spot in self.spots)

    @property
    def secrets(self) -> dict[str, str]:
        """Passwords that no text may hold, by the name that stands in their place."""
        found = [spot.settings["PASSWORD"] for spot in self.spots if spot.settings.get("PASSWORD")]
        return {f"SCRATCH_PASSWORD{number or ''}": value for number, value in enumerate(dict.fromkeys(found))}

    def told(self) -> dict[str, Any]:
        """What the project's process needs to know."""
        return {"kind": self.kind, "spots": [spot.told() for spot in self.spots]}


def find_places(said: Sequence[str], config: Config) -> Places | None:
    """What the command line says, else the variable, else the configuration; None for the server of the project itself.

    Raises UsageError for a place that cannot be understood, and for a password in a file that git keeps.
    """
    if said:
        return _places(said, OPTION)
    if words := os.environ.get(VARIABLE, "").split():
        return _places(words, VARIABLE)
    if config.scratch:
        source = f"scratch in [tool.migwizard] of {config.file}"
        found = _places(config.scratch, source)
        if found.secrets:
            raise UsageError(
                f"{source} holds a password, and everybody reads that file. Nothing was changed.",
                code="config",
                cures=(f"Take it out there, and put the URL into the variable {VARIABLE}.",),
            )
        return found
    return None


def _places(words: Sequence[str], source: str) -> Places:
    spots = tuple(_spot(word, source) for word in words)
    single = spots[0] if len(spots) == 1 else None
    if single is None and (wrong := [word for word in words if word in (LOCAL, EMBEDDED)]):
        raise refusal(f"{source} names {wrong[0]} beside others; only databases that are there can be several.")
    if single is not None and single.shown in (LOCAL, EMBEDDED):
        return Places("local" if single.shown == LOCAL else "embedded", spots, source)
    if single is not None and not single.settings.get("NAME"):
        return Places("server", spots, source)
    if nameless := [spot.shown for spot in spots if not spot.alias and not spot.settings.get("NAME")]:
        raise refusal(f"{source} names several places, so each is an empty database, and {nameless[0]} names none.")
    return Places("given", spots, source)


def _spot(word: str, source: str) -> Spot:
    if "://" not in word:
        if word == EMBEDDED:
            # Made now, so that it is known what no text may hold.
            made = {"HOST": "127.0.0.1", "USER": "postgres", "PASSWORD": secrets.token_hex(16)}
            return Spot(word, vendor="postgresql", settings=made)
        return Spot(word) if word == LOCAL else Spot(word, alias=word)
    shown = without_password(word)
    try:
        parts = urlsplit(word)
        port = str(parts.port or "")
    except ValueError:
        # Its own words may hold a part of the password.
        raise refusal(
            f"{source} has the URL {shown}, which cannot be read; signs as / and @ in a password are written %2F and %40."
        ) from None
    if parts.scheme not in SCHEMES:
        raise refusal(f"{source} has the URL {shown}; those of postgresql:// and mysql:// are known.")
    options = dict(parse_qsl(parts.query))
    settings = {
        "HOST": unquote(parts.hostname or "") or options.pop("host", "") or options.pop("unix_socket", ""),
        "PORT": port or options.pop("port", ""),
        "USER": unquote(parts.username or "") or options.pop("user", ""),
        "PASSWORD": unquote(parts.password or "") or options.pop("password", ""),
        "NAME": unquote(parts.path.strip("/")),
    }
    if settings["PASSWORD"] == HIDDEN:
        raise refusal(
            f"{source} has the URL {shown} as it was printed, without its password: put it in, or into the variable {VARIABLE}."
        )
    return Spot(shown, vendor=SCHEMES[parts.scheme], settings=settings, options=options)


def without_password(word: str) -> str:
    """A place as it may be shown and printed: `***` stands for the password of a URL."""
    if "://" not in word:
        return word
    scheme, _, rest = word.partition("://")
    rest, mark, query = rest.partition("?")
    # Up to the last one, for a password that should have been quoted and was not.
    login, at, place = rest.rpartition("@")
    user, colon, password = login.partition(":")
    if colon and password:
        login = f"{user}:{HIDDEN}"
    pairs = [f"{key}={HIDDEN if 'password' in key.lower() else value}" for key, value in _pairs(query)]
    return f"{scheme}://{login}{at}{place}{mark}{'&'.join(pairs)}"


def _pairs(query: str) -> Iterable[tuple[str, str]]:
    for pair in filter(None, query.split("&")):
        key, _, value = pair.partition("=")
        yield key, value


def started(places: Places, port: int) -> Places:
    """The same with the port on which a server of ours answers."""
    spot = places.spots[0]
    return replace(places, spots=(replace(spot, settings={**spot.settings, "PORT": str(port)}),))


def refusal(sentence: str) -> UsageError:
    """The refusal of a place, with what could be given."""
    return UsageError(f"{sentence} Nothing was changed.", code=CODE, cures=(FORMS,))
