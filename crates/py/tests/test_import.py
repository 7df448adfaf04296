"""The package imports, and it tells the version that it was built from."""

import tomllib
from importlib.metadata import version as installed_version
from pathlib import Path

import clapot

ROOT = Path(__file__).parents[3]


def test_the_version_is_the_workspace_version() -> None:
    with (ROOT / "Cargo.toml").open("rb") as manifest:
        expected = tomllib.load(manifest)["workspace"]["package"]["version"]
    assert clapot.version() == expected
    assert clapot.__version__ == expected
    assert installed_version("clapot") == expected


def test_the_package_ships_its_types() -> None:
    package = Path(clapot.__file__).parent
    assert (package / "py.typed").is_file()
    assert (package / "_clapot.pyi").is_file()
