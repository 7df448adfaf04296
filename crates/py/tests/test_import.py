"""The package imports, and it tells the version that it was built from."""

import tomllib
from importlib.metadata import metadata
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


def test_the_wheel_says_what_it_is_and_under_which_licence() -> None:
    told = metadata("clapot")
    assert told["License-Expression"] == "MIT OR Apache-2.0"
    assert sorted(told.get_all("License-File") or []) == ["LICENSE-APACHE", "LICENSE-MIT"]
    assert "Order routing with a proven gap" in told["Description"]


def test_the_package_ships_its_types() -> None:
    package = Path(clapot.__file__).parent
    assert (package / "py.typed").is_file()
    assert (package / "_clapot.pyi").is_file()
