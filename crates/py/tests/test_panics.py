"""A bug of the engine is an exception of the package, and the process goes on."""

import pytest

import clapot
from clapot import _clapot


@pytest.mark.parametrize("place", ["call", "detached", "guarded"])
def test_a_panic_is_an_internal_error(place: str, problem: clapot.Problem, capfd: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        with pytest.raises(clapot.InternalError, match="on purpose.*This is a bug in Clapot") as caught:
            _clapot._panic_for_tests(place)
        assert isinstance(caught.value, clapot.ClapotError)
        assert isinstance(caught.value, Exception)
    assert len(clapot.route(problem, work_limit=2_000).shipments) > 0
    assert "on purpose" in capfd.readouterr().err  # for whoever reports it


def test_a_bare_panic_is_what_the_others_are_compared_with() -> None:
    """PyO3 raises what no `except Exception` catches; nothing of the package may."""
    with pytest.raises(BaseException, match="on purpose") as caught:
        _clapot._panic_for_tests("bare")
    assert not isinstance(caught.value, Exception)


def test_a_callback_that_panics_is_an_exception(problem: clapot.Problem) -> None:
    """As one of another extension may."""
    with pytest.raises(clapot.ClapotError, match="on purpose"):
        clapot.route(problem, work_limit=20_000, on_progress=lambda news: _clapot._panic_for_tests("bare"))
    assert clapot.route(problem, work_limit=2_000).total > 0


def test_a_table_that_panics_is_an_input_error(problem: clapot.Problem) -> None:
    class Broken:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            _clapot._panic_for_tests("bare")
            return None

    with pytest.raises(clapot.ClapotError, match="on purpose"):
        problem.replace(orders=Broken())
    assert len(problem.replace(orders=problem.table("orders"))) == len(problem)
