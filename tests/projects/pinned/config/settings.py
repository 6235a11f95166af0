from pathlib import Path

SECRET_KEY = "pinned"
INSTALLED_APPS = ["things", "gadgets"]
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": Path(__file__).parent.parent / "db.sqlite3"},
}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = True
