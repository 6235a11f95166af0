"""The user model's app points at a third party whose first migration waits for the user model."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import ADMIN, files_of

FILES = """
== t01/models.py
from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    pass


class Profile(models.Model):
    user = models.ForeignKey(User, models.CASCADE)
    log = models.ForeignKey("admin.LogEntry", models.CASCADE)
== t01/migrations/0001_initial.py
import django.contrib.auth.models
import django.contrib.auth.validators
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("auth", "0012_alter_user_first_name_max_length")]
    operations = [
        migrations.CreateModel(
            "User",
            [
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("is_superuser", models.BooleanField(default=False, help_text="Designates that this user has all permissions without explicitly assigning them.", verbose_name="superuser status")),
                ("username", models.CharField(error_messages={"unique": "A user with that username already exists."}, help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.", max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name="username")),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                ("is_staff", models.BooleanField(default=False, help_text="Designates whether the user can log into this admin site.", verbose_name="staff status")),
                ("is_active", models.BooleanField(default=True, help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.", verbose_name="active")),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                ("groups", models.ManyToManyField(blank=True, help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.", related_name="user_set", related_query_name="user", to="auth.Group", verbose_name="groups")),
                ("user_permissions", models.ManyToManyField(blank=True, help_text="Specific permissions for this user.", related_name="user_set", related_query_name="user", to="auth.Permission", verbose_name="user permissions")),
            ],
            {"verbose_name": "user", "verbose_name_plural": "users", "abstract": False},
            managers=[("objects", django.contrib.auth.models.UserManager())],
        ),
    ]
== t01/migrations/0002_profile.py
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("t01", "0001_initial"), ("admin", "0003_logentry_add_action_flag_choices")]
    operations = [
        migrations.CreateModel(
            "Profile",
            [
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)),
                ("log", models.ForeignKey("admin.LogEntry", models.CASCADE)),
            ],
        ),
    ]
"""


def alone(project: Alone) -> str:
    project.forget()
    project.do("makemigrations", "--noinput")
    assert [*project.migrations("t01")] == ["0001_initial"]
    # Where Django begins to tell the circle depends on the hash seed.
    return (
        project.fails("migrate", says="CircularDependencyError").partition(": ")[0]
        + ": `admin` and `t01` wait for each other"
    )


def wizard(reset: Reset) -> str:
    first, second = reset.files("t01").items()
    assert "name='User'" in first[1]
    assert "admin.logentry" not in first[1]
    assert "('admin', '0003_logentry_add_action_flag_choices')" in second[1]
    assert "admin.logentry" in second[1]
    return f"two files: `{first[0]}` makes the user, `{second[0]}` what points at the admin"


TRAP = Trap(
    number="T1",
    title="A third party waits for the user model, whose app points at it",
    files=files_of(FILES),
    apps=(
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
    ),
    settings=f'AUTH_USER_MODEL = "t01.User"\n{ADMIN}',
    alone=alone,
    wizard=wizard,
)
