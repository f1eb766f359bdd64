"""The rules of the house: imports run downwards, rooms stay small, starting wakes nothing."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import mgc

PACKAGE = Path(mgc.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

#: From the cellar to the roof; a module may import from its own floor and from those before it.
FLOORS = [
    {"errors", "files", "paths", "threads", "backend", "__init__"},
    {"signal"},
    {"data"},
    {"models"},
    {"optim"},
    {"evaluate"},
    {"audit"},
    {"train"},
    {"songs"},
    {"plots"},
    {"book"},
    {"cli", "__main__"},
]


def floor(name):
    [found] = [level for level, rooms in enumerate(FLOORS) if name in rooms]
    return found


def imported(path):
    """Yield the dotted names of `mgc` that a module imports anywhere, lazily or not."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def identify(path):
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", MODULES, ids=identify)
def test_imports_run_downwards(path):
    own = floor(path.relative_to(PACKAGE).parts[0].removesuffix(".py"))
    for name in imported(path):
        first, *rest = name.split(".")
        if (
            first == "mgc"
            and rest
            and (PACKAGE / rest[0]).with_suffix(".py").exists() | (PACKAGE / rest[0]).is_dir()
        ):
            assert floor(rest[0]) <= own, f"{identify(path)} imports {name} from a floor above"


def test_no_two_modules_need_each_other():
    names = {".".join(p.with_suffix("").relative_to(PACKAGE.parent).parts): p for p in MODULES}
    found = {name: set(imported(path)) for name, path in names.items()}  # each is read once
    needs = {
        name: {n for n in names if any(i == n or i.startswith(f"{n}.") for i in found[name])}
        - {name}
        for name, path in names.items()
        if path.stem != "__init__"
    }
    while free := {name for name, wanted in needs.items() if not wanted & needs.keys()}:
        needs = {name: wanted for name, wanted in needs.items() if name not in free}
    assert not needs, f"these import each other in a circle: {', '.join(needs)}"


@pytest.mark.parametrize("path", MODULES, ids=identify)
def test_rooms_are_small_and_named(path):
    text = path.read_text(encoding="utf8")
    assert path.stem not in {"utils", "util", "helpers", "misc", "common"}
    assert len(text.splitlines()) <= 300
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a module says in one sentence what it is for"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            docstring = ast.get_docstring(node, clean=False) or ""
            length = (node.end_lineno or 0) - node.lineno + 1 - len(docstring.splitlines())
            assert length <= 40, f"{node.name} has {length} lines without its docstring"


@pytest.mark.parametrize("path", MODULES, ids=identify)
def test_backends_have_one_door(path):
    """Keras comes through `mgc.backend`; tf.data and second derivatives name TensorFlow."""
    tops = {name.split(".")[0] for name in imported(path)}
    if identify(path) not in {"backend.py", "models/registry.py", "optim/factories.py"}:
        assert "keras" not in tops
    if identify(path) not in {"data/pipeline.py", "optim/curvature/hessian.py"}:
        assert not tops & {"tensorflow", "jax", "torch"}


@pytest.mark.parametrize(
    "command",
    [
        ["-c", "import mgc, sys; print('tensorflow' in sys.modules or 'keras' in sys.modules)"],
        ["-X", "importtime", "-m", "mgc", "--help"],
    ],
)
def test_starting_wakes_no_backend_and_nothing_heavy(command):
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "True" not in done.stdout
    for heavy in ("tensorflow", "keras", "pandas", "numpy", "matplotlib"):
        assert f" {heavy}\n" not in done.stderr


@pytest.mark.parametrize(
    "command", ["data", "run", "sweep", "evaluate", "collect", "export", "predict", "notebooks"]
)
def test_help_of_every_command_reads_like_a_tool(command):
    done = subprocess.run(
        [sys.executable, "-m", "mgc", command, "--help"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Usage: mgc {command} ")
    assert "Options:" in done.stdout


def test_an_unknown_command_suggests_the_nearest():
    done = subprocess.run([sys.executable, "-m", "mgc", "swep"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "Did you mean 'sweep'" in done.stderr


def test_the_backend_is_imported_without_a_word():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import mgc.backend"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_failing_backend_import_shows_what_was_written():
    code = "import os; os.environ['KERAS_BACKEND'] = 'nonsense'; import mgc.backend"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert "nonsense" in done.stderr
