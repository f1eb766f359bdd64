import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import papermill
import pytest

from mgc.book import freshness, template
from mgc.book.execute import execute
from mgc.errors import ConfigError, NotebookError

Write = Callable[..., Path]

PARAMETERS = """\
model: str = "simple_cnn"  # architecture
epochs: int = 60  # passes over the data
rate: float = None  # the optimizer's own
augment: bool = True"""


class Config:
    """Stands for the package's configuration class."""

    uid = "abc123"

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Config":
        assert set(values) == {"model", "epochs", "rate", "augment"}
        if values["model"] not in ("simple_cnn", "unet_lite"):
            raise ConfigError(f"model is {values['model']!r}; allowed: simple_cnn, unet_lite")
        return cls()


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> str:
    module = ModuleType("fake_config")
    module.Config = Config  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "fake_config", module)
    return "fake_config.Config"


@pytest.fixture
def train(write: Write, config: str) -> Path:
    return write(
        "training/train.ipynb",
        "# Train\n\nText.",
        "print(model, epochs, rate, augment)",
        parameters=PARAMETERS,
        config=config,
        inputs=["data/runs/{uid}/metrics.json"],
    )


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"optimzer": "adam"}, "no parameter 'optimzer'.*parameters: model, epochs, rate, augment"),
        ({"epoch": 3}, "did you mean 'epochs'"),
        ({"epochs": "three"}, r"'epochs' got 'three' \(str\); expected int"),
        ({"epochs": True}, r"got True \(bool\)"),
        ({"epochs": 3.0}, r"got 3.0 \(float\)"),
        ({"epochs": None}, r"got None"),
        ({"augment": "true"}, r"got 'true' \(str\); expected bool"),
        ({"rate": "1e-3"}, "expected float or null"),
        ({"model": "resnet"}, "allowed: simple_cnn, unet_lite"),
    ],
)
def test_refuses_before_anything_runs(
    train: Path, monkeypatch: pytest.MonkeyPatch, parameters: dict[str, Any], message: str
) -> None:
    monkeypatch.setattr(template, "run_cells", lambda *_: pytest.fail("it ran"))
    with pytest.raises(ConfigError, match=message):
        template.run_template(train, train.with_name("out.ipynb"), parameters)


def test_reads_a_command_line_by_the_declared_types(train: Path) -> None:
    texts = {"model": "1", "epochs": "2", "rate": "1e-3", "augment": "False"}
    expected = {"model": "1", "epochs": 2, "rate": 1e-3, "augment": False}
    assert template.parse(train, texts) == expected
    assert template.parse(train, {"rate": "null"}) == {"rate": None}
    for name, text in {"epochs": "three", "rate": "x", "augment": "1"}.items():
        with pytest.raises(ConfigError, match=f"'{name}' got '{text}'"):
            template.parse(train, {name: text})


def test_a_whole_number_may_stand_for_a_float(train: Path) -> None:
    values, uid = template.validate(train, {"rate": 1})
    assert values == {"rate": 1.0}
    assert type(values["rate"]) is float
    assert uid == "abc123"


def test_a_template_without_parameters_cell_is_refused(write: Write) -> None:
    with pytest.raises(NotebookError, match="no cell tagged 'parameters'"):
        template.parameters_of(write("a.ipynb", "# A", "x = 1"))


@pytest.mark.parametrize(
    ("line", "message"),
    [("x = 1", "needs one of the types"), ("x: int = 1 + a", "expected a literal")],
)
def test_parameters_are_typed_literals(write: Write, config: str, line: str, message: str) -> None:
    path = write("a.ipynb", "# A", parameters=line, config=config)
    with pytest.raises(NotebookError, match=message):
        template.validate(path, {})


def test_the_template_is_never_overwritten(train: Path) -> None:
    with pytest.raises(NotebookError, match="the template itself"):
        template.run_template(train, train, {})


def test_a_copy_is_a_page_that_the_driver_can_make_again(train: Path, project: Path) -> None:
    (project / "data/runs/abc123").mkdir()
    (project / "data/runs/abc123/metrics.json").write_text("{}")
    out = train.with_name("unet.ipynb")
    chosen = {"model": "unet_lite", "epochs": 2}
    template.run_template(train, out, chosen, title="U-Net", project=project)
    notebook = freshness.read(out)
    assert notebook.cells[0].source == "# U-Net\n\nText."
    assert notebook.cells[3].outputs[0].text == "unet_lite 2 None True\n"
    record = notebook.metadata["mgc"]
    assert record["template"] == "book/training/train.ipynb"
    assert record["parameters"] == chosen
    assert "data/runs/abc123/metrics.json" in record["depends"]
    assert "papermill" not in notebook.metadata
    assert freshness.check([out], project) == {out: []}
    again = out.read_bytes()
    execute([out], project=project)
    assert out.read_bytes() == again

    train.write_text(train.read_text().replace("print(model", "print('new', model"))
    assert freshness.check([out], project)[out] == ["book/training/train.ipynb changed"]
    execute([out], project=project)
    assert freshness.read(out).cells[3].outputs[0].text == "new unet_lite 2 None True\n"


def test_a_failing_copy_leaves_what_was_there(write: Write, project: Path) -> None:
    path = write("t.ipynb", "# T", "1 / x", parameters="x: int = 1")
    out = path.with_name("out.ipynb")
    out.write_text("precious")
    with pytest.raises(NotebookError, match="ZeroDivisionError"):
        template.run_template(path, out, {"x": 0}, project=project)
    assert out.read_text() == "precious"
    assert sorted(file.name for file in path.parent.iterdir()) == ["out.ipynb", "t.ipynb"]


def test_a_title_needs_a_heading(write: Write) -> None:
    path = write("t.ipynb", "1", parameters="x: int = 1")
    with pytest.raises(NotebookError, match="no heading"):
        template.render(path, {}, title="T")


def test_plain_papermill_runs_an_executed_template(write: Write, project: Path) -> None:
    path = write("t.ipynb", "# T", "print(x)", parameters="x: int = 1")
    execute([path], project=project)
    out = project / "out.ipynb"
    papermill.execute_notebook(str(path), str(out), {"x": 5}, progress_bar=False)
    assert freshness.read(out).cells[-1].outputs[0].text == "5\n"
