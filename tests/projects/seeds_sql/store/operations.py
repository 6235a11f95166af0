from django.db.migrations.operations.base import Operation


class PutInto(Operation):
    """A custom operation that Django can write."""

    def __init__(self, model, name):
        self.model, self.name = model, name

    def deconstruct(self):
        return type(self).__name__, [self.model, self.name], {}

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        to_state.apps.get_model(app_label, self.model).objects.create(name=self.name)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        from_state.apps.get_model(app_label, self.model).objects.filter(name=self.name).delete()

    def describe(self):
        return "Put %s into %s" % (self.name, self.model)


class PutSomething(PutInto):
    """A custom operation that Django cannot write: it deconstructs to what its class does not take."""

    def __init__(self, model, choose):
        super().__init__(model, choose())

    def deconstruct(self):
        raise TypeError("not to be written")
