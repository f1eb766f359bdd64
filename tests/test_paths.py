"""Where things lie, in a checkout and outside of one."""

import pytest

from mgc import paths

PLACES = {
    "MGC_RUNS": paths.runs_folder,
    "MGC_CACHE": paths.cache_folder,
    "MGC_SETS": paths.sets_folder,
    "MGC_STORE": paths.gtzan_store,
    "MGC_GTZAN": paths.gtzan_audio,
}


@pytest.fixture(autouse=True)
def package(tmp_path, monkeypatch):
    """The folder that holds the package; the current folder is another, ``work/here``."""
    for variable in (*PLACES, "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    for name in ("package", "work/here"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "work" / "here")
    monkeypatch.setattr(paths, "PROJECT", tmp_path / "package")
    return tmp_path / "package"


def test_a_checkout_holds_its_runs_and_cache_wherever_one_stands(package):
    (package / "pyproject.toml").touch()
    assert paths.runs_folder() == package / "data" / "runs"
    assert paths.cache_folder() == package / "data" / "cache"
    assert paths.gtzan_store() == package.parent / "shared" / "gtzan" / "logmel"


def test_an_installed_package_keeps_nothing_beside_itself(package, tmp_path, monkeypatch):
    here = tmp_path / "work" / "here"
    assert paths.runs_folder() == here / "data" / "runs"
    assert paths.gtzan_store() == here.parent / "shared" / "gtzan" / "logmel"
    assert paths.gtzan_audio() == here.parent / "shared" / "gtzan" / "audio"
    (here / "data" / "gtzan" / "genres_original").mkdir(parents=True)
    assert paths.gtzan_audio() == here / "data" / "gtzan" / "genres_original"
    monkeypatch.setattr(paths.Path, "home", lambda: tmp_path / "home")
    assert paths.cache_folder() == tmp_path / "home" / ".cache" / "mgc"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert paths.cache_folder() == tmp_path / "xdg" / "mgc"


@pytest.mark.parametrize("variable", PLACES)
@pytest.mark.parametrize("checkout", [True, False])
def test_one_variable_moves_each_place(package, tmp_path, monkeypatch, variable, checkout):
    if checkout:
        (package / "pyproject.toml").touch()
    monkeypatch.setenv(variable, str(tmp_path / "elsewhere"))
    assert PLACES[variable]() == tmp_path / "elsewhere"
