"""The examples in the docstrings, those of the extension module too, do what they say."""

import doctest
import inspect
from collections.abc import Iterator

import pytest

import clapot


def documented() -> Iterator[tuple[str, str]]:
    """Names and docstrings of all that is public and has an example."""
    for name in ["__init__", *clapot.__all__]:
        thing = clapot if name == "__init__" else getattr(clapot, name)
        texts = {name: inspect.getdoc(thing)}
        if inspect.isclass(thing):
            members = {m: inspect.getattr_static(thing, m) for m in vars(thing) if not m.startswith("_")}
            texts |= {f"{name}.{m}": inspect.getdoc(getattr(thing, m)) for m in members}
        yield from ((where, text) for where, text in texts.items() if text and ">>>" in text)


@pytest.mark.parametrize(("name", "text"), [pytest.param(*each, id=each[0]) for each in documented()])
def test_the_example_does_what_it_says(name: str, text: str) -> None:
    example = doctest.DocTestParser().get_doctest(text, {}, name, None, None)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    output: list[str] = []
    runner.run(example, out=output.append)
    assert runner.failures == 0, "".join(output)


def test_everything_public_is_documented() -> None:
    for name in clapot.__all__:
        thing = getattr(clapot, name)
        if name == "__version__":
            continue
        assert inspect.getdoc(thing), name
        if inspect.isclass(thing):
            for member, value in vars(thing).items():
                if not member.startswith("_") and callable(value):
                    assert inspect.getdoc(value), f"{name}.{member}"
