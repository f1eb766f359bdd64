"""Which modules of the package a piece of code reaches, read from the source without running it.

Imports inside functions count: a lazy import changes results as much as an eager one.  So does a
string that names a module (``importlib.import_module("mgc.models.unet_lite")``) or, with slashes,
a file of the package (a style sheet).
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_DOTTED = re.compile(r"mgc(?:\.\w+)+")
_FILE = re.compile(r"mgc(?:/\w+)+\.\w+")


class SourceTree:
    """The modules of ``mgc`` below a project folder and the imports between them.

    Examples
    --------
    >>> from mgc.paths import PROJECT
    >>> reached = SourceTree(PROJECT).reached_from("from mgc.files import sha256_of")
    >>> sorted(reached)
    ['mgc', 'mgc.errors', 'mgc.files']
    """

    def __init__(self, project: Path) -> None:
        self.project = project
        self._imports = cache(self._read_imports)

    def reached_from(self, code: str) -> set[str]:
        """Return the names of all modules that `code` reaches, directly or through others."""
        waiting = list(self._named_in(ast.parse(code), package=""))
        reached: set[str] = set()
        while waiting:
            module = waiting.pop()
            if module not in reached:
                reached.add(module)
                waiting.extend(self._imports(module))
        return reached

    def files_of(self, module: str) -> list[Path]:
        """Return the source file of a module; for a package also the data files it ships."""
        path = self._path(module)
        if path is None:
            return []
        if path.name != "__init__.py":
            return [path]
        # The root package is reached by everything; what lies in its folder belongs to others.
        shipped = [] if module == "mgc" else _data_files(path.parent)
        return [path, *shipped]

    def _path(self, module: str) -> Path | None:
        if "/" in module:
            path = self.project / module
            return path if path.is_file() else None
        base = self.project.joinpath(*module.split("."))
        for path in (base / "__init__.py", base.with_suffix(".py")):
            if path.is_file():
                return path
        return None

    def _read_imports(self, module: str) -> tuple[str, ...]:
        path = self._path(module)
        if path is None or path.suffix != ".py":
            return ()
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        return tuple(self._named_in(ast.parse(path.read_text(encoding="utf-8")), package))

    def _named_in(self, tree: ast.AST, package: str) -> Iterator[str]:
        """Yield every module of the project that a syntax tree names, with its parents."""
        for node in ast.walk(tree):
            for name in _names(node, package):
                yield from self._existing(name)

    def _existing(self, dotted: str) -> Iterator[str]:
        """Yield the parents of a dotted name, and itself, as far as they are modules."""
        if "/" in dotted and self._path(dotted):
            yield dotted
        parts = dotted.split(".")
        for end in range(1, len(parts) + 1):
            module = ".".join(parts[:end])
            if self._path(module) is None:
                return
            yield module


def _names(node: ast.AST, package: str) -> Iterator[str]:
    """Yield the dotted names below ``mgc`` that one syntax node may import."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parts = package.split(".")
            base = ".".join([*parts[: len(parts) - node.level + 1], *filter(None, [base])])
        names = [f"{base}.{alias.name}" for alias in node.names]
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        named = _DOTTED.fullmatch(node.value) or _FILE.fullmatch(node.value)
        names = [node.value] if named else []
    else:
        return
    yield from (name for name in names if re.match(r"mgc\b", name))


def _data_files(package: Path) -> list[Path]:
    """List what a package ships beside Python: tables, styles; sub-packages answer for theirs."""
    found = []
    for path in sorted(package.rglob("*")):
        inside = [parent for parent in path.parents if package in parent.parents]
        hidden = any(part.startswith((".", "__")) for part in path.relative_to(package).parts)
        owned = not any((parent / "__init__.py").is_file() for parent in inside)
        if path.is_file() and path.suffix not in (".py", ".pyc") and owned and not hidden:
            found.append(path)
    return found
