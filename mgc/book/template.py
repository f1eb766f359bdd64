"""Papermill, made strict: a template runs only with parameters that it declares.

Plain papermill warns about an unknown parameter and goes on; here it is an error that says what
is allowed, and every value is checked against the declared type and against the package's own
configuration class *before* a kernel starts.
"""

import ast
import asyncio
import difflib
import importlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbformat import NotebookNode

from mgc.book import freshness
from mgc.book.kernel import run_cells
from mgc.errors import ConfigError, NotebookError
from mgc.paths import PROJECT

_TYPES: dict[str, type] = {"int": int, "float": float, "str": str, "bool": bool}


@dataclass(frozen=True)
class Parameter:
    """One line of a parameters cell: ``name: type = default  # help``.

    A default of None makes the parameter optional.
    """

    name: str
    kind: str
    optional: bool
    default: str
    help: str

    @property
    def expected(self) -> str:
        """Say in words what is allowed."""
        return f"{self.kind} or null" if self.optional else self.kind

    @property
    def value(self) -> Any:
        """Return the default as a value."""
        try:
            return ast.literal_eval(self.default)
        except (SyntaxError, ValueError):
            raise NotebookError(
                f"parameter '{self.name}' has the default {self.default}; expected a literal, "
                "because values derived in the parameters cell ignore what is injected"
            ) from None

    def parse(self, text: str) -> Any:
        """Read a value from a command line.

        Examples
        --------
        >>> Parameter("learning_rate", "float", False, "1e-3", "").parse("3e-4")
        0.0003
        """
        if self.optional and text.lower() in ("null", "none"):
            return None
        if self.kind == "bool":
            known = {"true": True, "false": False}
            return known[text.lower()] if text.lower() in known else self._refuse(text)
        try:
            return _TYPES[self.kind](text)
        except ValueError:
            return self._refuse(text)

    def check(self, value: Any) -> Any:
        """Return `value` if it has the declared type (an int may stand for a float)."""
        if value is None and self.optional:
            return None
        if self.kind == "float" and type(value) is int:
            return float(value)
        return value if type(value) is _TYPES[self.kind] else self._refuse(value)

    def _refuse(self, value: Any) -> Any:
        raise ConfigError(
            f"parameter '{self.name}' got {value!r} ({type(value).__name__}); expected "
            f"{self.expected}, as in {self.name} = {self.default}"
        )


def parameters_of(template: Path) -> dict[str, Parameter]:
    """Return what the parameters cell of a template declares.

    Raises
    ------
    NotebookError
        If there is no such cell, or a line of it is not ``name: type = value  # help``.
    """
    notebook = freshness.read(template)
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if not cells:
        raise NotebookError(
            f"{template.name} has no cell tagged 'parameters', so it takes none; tag the cell that "
            "holds lines such as: epochs: int = 60  # passes over the data"
        )
    found = {}
    for name, entry in papermill.inspect_notebook(str(template)).items():
        kind = entry["inferred_type_name"]
        optional = entry["default"] == "None"
        if kind not in _TYPES:
            raise NotebookError(
                f"{template.name}: parameter '{name}' needs one of the types "
                f"{', '.join(_TYPES)}, as in {name}: int = 1"
            )
        found[name] = Parameter(name, kind, optional, entry["default"], entry["help"])
    return found


def validate(template: Path, parameters: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Check parameters against a template.

    If the metadata of the template name a configuration class (``mgc.config``), its ``from_dict``
    gets all parameters, defaults included, and has the last word.

    Returns
    -------
    values : dict
        The given parameters with their exact types.
    uid : str
        ``uid`` of the configuration, or an empty string.

    Raises
    ------
    ConfigError
        If a name is unknown, a type is wrong or the configuration class refuses a value; the
        message lists what is allowed.
    """
    declared = parameters_of(template)
    checked = {name: _find(template, declared, name).check(parameters[name]) for name in parameters}
    # In the declared order, so that a copy has the same bytes however it was asked for.
    values = {name: checked[name] for name in declared if name in checked}
    target = freshness.read(template).metadata.get("mgc", {}).get("config")
    if not target:
        return values, ""
    module, _, name = target.rpartition(".")
    defaults = {name: parameter.check(parameter.value) for name, parameter in declared.items()}
    config = getattr(importlib.import_module(module), name).from_dict(defaults | values)
    return values, str(config.uid)


def parse(template: Path, texts: Mapping[str, str]) -> dict[str, Any]:
    """Read the parameters of a command line by the types that the template declares."""
    declared = parameters_of(template)
    return {name: _find(template, declared, name).parse(text) for name, text in texts.items()}


def _find(template: Path, declared: Mapping[str, Parameter], name: str) -> Parameter:
    if name not in declared:
        near = difflib.get_close_matches(name, declared, n=1, cutoff=0.4)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise ConfigError(
            f"{template.name} has no parameter '{name}'{hint} (parameters: {', '.join(declared)})"
        )
    return declared[name]


def render(
    template: Path,
    parameters: Mapping[str, Any],
    *,
    title: str | None = None,
    project: Path = PROJECT,
) -> NotebookNode:
    """Return the template with its parameters injected, not yet executed.

    A copy remembers template, parameters and title, so that the driver can make it again.
    """
    values, uid = validate(template, parameters)
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder, "prepared.ipynb")
        papermill.execute_notebook(
            str(template), str(prepared), values, prepare_only=True, progress_bar=False
        )
        notebook = freshness.read(prepared)
    record: dict[str, Any] = {"parameters": values}
    if inputs := notebook.metadata.get("mgc", {}).get("inputs"):
        record["inputs"] = [pattern.replace("{uid}", uid) for pattern in inputs]
    if template.resolve().is_relative_to(project.resolve()):
        record["template"] = template.resolve().relative_to(project.resolve()).as_posix()
    if title:
        record["title"] = title
        _retitle(notebook, title)
    notebook.metadata["mgc"] = nbformat.from_dict(record)
    return notebook


def source_of(path: Path, project: Path = PROJECT) -> NotebookNode:
    """Read what has to be executed for a page: itself, or its template with its parameters."""
    notebook = freshness.read(path)
    record = notebook.metadata.get("mgc", {})
    if "template" not in record:
        return notebook
    parameters = dict(record.get("parameters", {}))
    return render(
        project / record["template"], parameters, title=record.get("title"), project=project
    )


def _retitle(notebook: NotebookNode, title: str) -> None:
    """Replace the first heading, so that copies of one template differ in the table of contents."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.lstrip().startswith("# "):
            _, newline, rest = cell.source.lstrip().partition("\n")
            cell.source = f"# {title}{newline}{rest}"
            return
    raise NotebookError("the template has no heading '# ...' that a title could replace")


def run_template(
    template: Path,
    out: Path,
    parameters: Mapping[str, Any],
    *,
    title: str | None = None,
    project: Path = PROJECT,
) -> None:
    """Execute a template with parameters into `out`, which appears only if everything went well.

    Parameters
    ----------
    template, out : Path
        The template and the executed copy; they must differ.
    parameters : mapping
        Values of the declared types; what is not given keeps its default.
    title : str, optional
        Heading of the copy.
    project : Path
        Folder that paths in the stamp are relative to.

    Raises
    ------
    ConfigError
        If a parameter is unknown, of the wrong type or refused by the configuration class.
    NotebookError
        If the template declares no parameters or a cell fails.
    """
    if template.resolve() == out.resolve():
        raise NotebookError(f"{out} is the template itself: name another file for the copy")
    notebook = render(template, parameters, title=title, project=project)
    asyncio.run(run_cells(notebook, out, project))
