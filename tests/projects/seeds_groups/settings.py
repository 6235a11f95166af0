from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent
SECRET_KEY = "x"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "vendor.apps.VendorConfig",
    "packages.deep.alpha.apps.AlphaConfig",
    "beta",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
MIGRATION_MODULES = {"beta": "history.of_beta"}
