from django.db.migrations.operations.base import Operation


class Unwritten(Operation):
    """Does nothing, and deconstructs to what nobody can import."""

    def __init__(self, function=None):
        self.function = function

    def deconstruct(self):
        return "Unwritten", [lambda: None], {}

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        pass

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        pass
