from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent
SECRET_KEY = "not secret"
INSTALLED_APPS = ["pond.apps.PondConfig"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
MEDIA_ROOT = BASE_DIR / "media"
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = BASE_DIR / "mails"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": BASE_DIR / "cache"},
    "table": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "pond_cache"},
}
POND_NAME = "mill pond"
