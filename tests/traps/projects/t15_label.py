"""The label of an app is not the name of its package."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t15pkg/apps.py
from django.apps import AppConfig


class WeblogConfig(AppConfig):
    name = "t15pkg"
    label = "t15weblog"
== t15pkg/models.py
class Post(models.Model):
    title = models.CharField(default="", max_length=9)
== t15pkg/migrations/0001_initial.py
operations = [migrations.CreateModel("Post", [ID])]
== t15pkg/migrations/0002_title.py
dependencies = [("t15weblog", "0001_initial")]
operations = [migrations.AddField("post", "title", models.CharField(default="", max_length=9))]
"""


def alone(project: Alone) -> str:
    project.forget()
    return project.fails("makemigrations", "t15pkg", says="No installed app with label")


def wizard(reset: Reset) -> str:
    assert reset.names("t15pkg") == ["0001_reset_initial"]
    return f"`t15pkg/migrations/{reset.names('t15pkg')[0]}`"


TRAP = Trap(
    number="T15",
    title="The label of an app is not the name of its package",
    files=files_of(FILES),
    alone=alone,
    wizard=wizard,
)
