"""Secrets of the settings are found whatever holds them, and their names tell none; what only sounds like a secret is left."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from migwizard.project.agent.secret_settings import secret_settings


class Vault:
    def __str__(self) -> str:
        return "pl4nted-vault"


class Broken:
    def __str__(self) -> str:
        raise RuntimeError("sealed")


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Any:
    def of(**settings: object) -> dict[str, str]:
        monkeypatch.setattr("django.conf.settings", SimpleNamespace(**settings))
        return secret_settings()

    return of


@pytest.mark.parametrize(
    ("name", "value", "secrets"),
    [
        ("API_KEYS", {"9f8e7d6c": "Mobile App"}, {"API_KEYS.0": "9f8e7d6c", "API_KEYS.1": "Mobile App"}),
        ("API_KEYS", {"mobile_app": "9f8e7d6c"}, {"API_KEYS.mobile_app": "9f8e7d6c"}),
        (
            "DATABASES",
            {"db-2": {"PASSWORD": "x"}, "db2": {"PASSWORD": "y"}},
            {"DATABASES.0.PASSWORD": "x", "DATABASES.db2.PASSWORD": "y"},
        ),
        ("API_TOKENS", {"pl4nted"}, {"API_TOKENS.0": "pl4nted"}),
        ("API_TOKENS", frozenset([b"pl4nted"]), {"API_TOKENS.0": "pl4nted"}),
        ("AUTH_KEYS", MappingProxyType({"a": ["pl4nted"]}), {"AUTH_KEYS.a.0": "pl4nted"}),
        ("DB_PASSWORD", 123456, {"DB_PASSWORD": "123456"}),
        ("DATABASES", {"default": {"PASSWORD": 123456, "PORT": 123456}}, {"DATABASES.default.PASSWORD": "123456"}),
        ("API_TOKEN", Vault(), {"API_TOKEN": "pl4nted-vault"}),
        ("API_TOKENS", [Broken(), Vault()], {"API_TOKENS.1": "pl4nted-vault"}),
        ("BROKER", "amqp://guest:sla/sh@h", {"BROKER": "amqp://guest:sla/sh@h"}),
        ("HASHIDS_SALT", "pl4nted", {"HASHIDS_SALT": "pl4nted"}),
        ("STRIPE", {"live": "sk_live_PL4ntedKey00Z1z"}, {"STRIPE.live": "sk_live_PL4ntedKey00Z1z"}),
        ("STRIPE", {"sk_live_PL4ntedKey00Z1z": "EUR"}, {"STRIPE.0": "sk_live_PL4ntedKey00Z1z"}),
        (
            "AWS",
            {"id": "AKIA" + "PL4NTED9" * 2, "value": "pl4nted/Key+" * 3 + "0Zz9"},
            {"AWS.id": "AKIA" + "PL4NTED9" * 2, "AWS.value": "pl4nted/Key+" * 3 + "0Zz9"},
        ),
        ("MAIL", {"sendgrid": f"SG.{'pl4nted_' * 3}.{'Z' * 20}"}, {"MAIL.sendgrid": f"SG.{'pl4nted_' * 3}.{'Z' * 20}"}),
        ("SECRET_CLIENT_ID", UUID(int=4711), {"SECRET_CLIENT_ID": str(UUID(int=4711))}),
        ("SENTRY", "0123456789abcdef" * 2, {"SENTRY": "0123456789abcdef" * 2}),
    ],
)
def test_what_is_secret(found: Any, name: str, value: object, secrets: dict[str, str]) -> None:
    assert found(**{name: value}) == secrets


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PASSWORD_RESET_TIMEOUT", 259200),
        ("JWT", {"ACCESS_TOKEN_LIFETIME": timedelta(days=1), "TOKEN_MODEL": Vault}),
        ("USE_AUTH", True),
        ("TOKEN_AUTH", {"timeout": 3600, "handler": Vault}),
        ("PRIVATE_KEY", Path("/srv/shop/key.pem")),
        ("VITE", "http://localhost:5173/@vite"),
        ("API_TOKEN", None),
        ("TABLE", "catalogue_archive_2026_11_28"),
        ("STORAGE", "ManifestStaticFilesStorageV2024"),
        ("AUDITED", ["Iso3166CountrySubdivision", "media-Prod-2024-eu-central-1"]),
        ("RELEASE", "9fceb02d0ae598e95dc970b74767f19372d61af8"),
        ("MIDDLEWARE", ["shop.middleware.GeoIP2LookupMiddleware42"]),
        ("DATABASES", {"default": {"USER": "shop", "PASSWORD": "shop"}}),
    ],
)
def test_what_is_not(found: Any, name: str, value: object) -> None:
    assert found(**{name: value}) == {}
