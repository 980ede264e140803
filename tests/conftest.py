"""What all tests share: hypothesis profiles, real data or a skip that says so, arithmetic without a compiler."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from tests.support.order import place_of
from tests.support.real_data import NoData, data_folder

# "ci" draws the same examples in every run, so that a failure is a failure of the change; "verify" goes on to more of
# them; "dev" searches on.
# Neither has a deadline: the first example pays for compilation.
_UNTIMED = {"deadline": None, "suppress_health_check": (HealthCheck.too_slow, HealthCheck.function_scoped_fixture)}
settings.register_profile("ci", derandomize=True, database=None, max_examples=50, **_UNTIMED)
settings.register_profile("verify", derandomize=True, database=None, max_examples=400, **_UNTIMED)
settings.register_profile("dev", max_examples=200, **_UNTIMED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests in the order in which workers wait least for each other and for the compiler."""
    items.sort(key=lambda item: place_of(item.path))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of real networks, demand and reference results."""
    return data_folder()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, object, object]:
    """A test whose data are absent when it is set up is skipped, and says so."""
    return (yield from _skipped_without_data())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """A test that finds its data absent is skipped, and says so."""
    return (yield from _skipped_without_data())


def _skipped_without_data() -> Generator[None, object, object]:
    try:
        return (yield)
    except NoData as absent:
        pytest.skip(str(absent))


@pytest.fixture(autouse=True)
def _wrapping_integers() -> Iterator[None]:
    """Hashes wrap on purpose. Compiled code does so silently; the same code run by Python would warn."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") == "0":
        yield
        return
    with np.errstate(over="ignore"):
        yield
