"""The table of all cities, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .compare import Result, Value

HEAD = ("city", "vehicles completed / demanded", "last arrival after last departure, s (SUMO)", "route length m",
        "free-flow time s", "travel time s", "time loss with departure delay s", "rank correlation of edge delay")


def markdown(results: Iterable[Result]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield "| " + " | ".join(HEAD) + " |"
    yield "|" + "---|" * len(HEAD)
    for result in results:
        yield "| " + " | ".join(_cells(result)) + " |"
    yield ""
    yield ("Completed: in the run in which fewest arrive. Ours (least to greatest replication) / SUMO = ratio; **out** "
           "where it is outside the accepted band. Rank correlation: ours, beside it a model without traffic; over "
           "networks of at least 40 edges.")


def _cells(result: Result) -> list[str]:
    last = "not all" if result.last_arrival_s is None else f"{result.last_arrival_s:.0f}"
    return [
        result.city, f"{result.completed} / {result.demanded}{_locked(result)}",
        f"{last} ({result.reference_last_arrival_s:.0f})",
        *(_cell(value) for value in (result.route_length_m, result.free_flow_time_s, result.travel_time_s,
                                     result.time_loss_s)),
        f"{result.edges} edges" if result.rank_correlation is None else
        f"{result.rank_correlation:.2f} (null {result.null_correlation:.2f}), {result.edges} edges",
    ]


def _locked(result: Result) -> str:
    return f" (gridlock in {result.locked} of {result.replications} runs)" if result.locked else ""


def _cell(value: Value) -> str:
    span = "" if value.high - value.low < 0.05 else f" ({value.low:.1f}–{value.high:.1f})"
    verdict = "" if value.accepted else " **out**"
    return f"{value.ours:.1f}{span} / {value.reference:.1f} = {value.ratio:.3f}{verdict}"
