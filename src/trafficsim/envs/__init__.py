"""Environments of reinforcement learning: signals of a running simulation are the agents (extra ``rl``).

Importing this package registers the environments with Gymnasium:

>>> import gymnasium, trafficsim.envs  # doctest: +SKIP
>>> env = gymnasium.make("trafficsim/FourArm-v0")  # doctest: +SKIP
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from trafficsim.base.errors import InputError

if TYPE_CHECKING:
    from trafficsim.envs.parallel import SignalsParallelEnv as SignalsParallelEnv
    from trafficsim.envs.signal_env import SignalEnv as SignalEnv
    from trafficsim.envs.vector import SignalVectorEnv as SignalVectorEnv

HOMES = {"SignalEnv": "signal_env", "SignalsParallelEnv": "parallel", "SignalVectorEnv": "vector"}
ENVIRONMENTS = {
    "FourArm-v0": "four_arm", "Corridor-v0": "corridor", "Grid-v0": "grid",
}
"""Names with Gymnasium (in the namespace ``trafficsim``) and the worlds behind them."""
__all__ = ["SignalEnv", "SignalVectorEnv", "SignalsParallelEnv", "register_environments"]


def register_environments() -> None:
    """Register all environments with Gymnasium; once is enough, and more often does no harm.

    Raises
    ------
    InputError
        If Gymnasium is not installed.
    """
    if find_spec("gymnasium") is None:
        raise InputError("environments", "no package gymnasium", "the extra 'rl'", "pip install 'trafficsim[rl]'")
    from gymnasium.envs.registration import register, registry

    for name, world in ENVIRONMENTS.items():
        if f"trafficsim/{name}" not in registry:
            register(f"trafficsim/{name}", entry_point="trafficsim.envs.signal_env:SignalEnv", kwargs={"world": world},
                     vector_entry_point="trafficsim.envs.vector:SignalVectorEnv")


def __getattr__(name: str) -> Any:
    """Import what is asked for: each needs its own package of the extra."""
    from importlib import import_module

    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    register_environments()
    return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)


if find_spec("gymnasium") is not None:
    register_environments()
