import os

import pymysql

pymysql.version_info = (2, 2, 8, "final", 0)
pymysql.install_as_MySQLdb()

SECRET_KEY = "x"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = ["models.W036"]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "people",
    "store",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "NAME": os.environ.get("FIXTURE_DATABASE", "migwizard_fixture"),
        "USER": os.environ.get("FIXTURE_USER", os.environ.get("MYSQL_USER", "root")),
        "PASSWORD": os.environ.get("FIXTURE_PASSWORD", os.environ.get("MYSQL_PWD", "")),
        "HOST": os.environ.get("MYSQL_HOST", "127.0.0.1"),
        "PORT": os.environ.get("MYSQL_TCP_PORT", "3306"),
        "OPTIONS": {"charset": "utf8mb4"},
    }
}
