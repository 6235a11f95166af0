"""Entry of the agent: started by path, it becomes a package of a private name and serves its host.

The private name keeps the agent's modules from shadowing modules of the project, and the other way round.
"""

import importlib
import json
import os
import sys

NAME = "_migwizard_agent"


def _become_package():
    # type: () -> None
    import importlib.util

    here = os.path.dirname(os.path.abspath(__file__))
    # The interpreter puts the folder of a script in front of everything; the project must not see it.
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    spec = importlib.util.spec_from_file_location(
        NAME, os.path.join(here, "__init__.py"), submodule_search_locations=[here]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = package
    spec.loader.exec_module(package)


def _refuse_old():
    # type: () -> None
    """An older one cannot even read the other modules."""
    version = ".".join(map(str, sys.version_info[:3]))
    sentence = "{} is Python {}; a project needs 3.8 or newer here.".format(sys.executable, version)
    error = {"kind": "project", "sentence": sentence, "details": {"lacks": "version"}, "traceback": ""}
    os.write(1, (json.dumps({"id": 0, "error": error}) + "\n").encode("ascii"))


if __name__ == "__main__":
    if sys.version_info < (3, 8):
        _refuse_old()
    else:
        _become_package()
        importlib.import_module(NAME + ".serve").main(*sys.argv[1:])
