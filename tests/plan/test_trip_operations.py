"""Operations on trips: who is taken, what becomes of the others, what the ledger says, and what is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.plan.small import Demand, flow, join, link, network, trip, world
from tests.plan.test_lower import flat
from trafficsim.base.errors import PolicyError
from trafficsim.plan.arrays import Plan, TripArrays
from trafficsim.plan.builder import PlanBuilder
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import prepare
from trafficsim.spec.calendar import Hours
from trafficsim.spec.demand import Stop
from trafficsim.spec.network import Network
from trafficsim.spec.policy import REGISTRY, Builder, Policy, PolicyPhase
from trafficsim.spec.population import PersonGroup, Population
from trafficsim.spec.selectors import Links
from trafficsim.spec.trip_selection import Trips

Act = Callable[[Builder], None]
MIX = {"car": 0.7, "truck": 0.3}


def ways() -> Network:
    """a -> (b, c or the bus lane d) -> e; nothing leads from b to c."""
    return network(
        [link("a", "1", "2", lanes=2), link("b", "2", "3", speed_limit_kmh=72.0), link("c", "2", "3", length_m=400.0),
         link("d", "2", "3", allow=(("bus",),)), link("e", "3", "4", lanes=2)],
        [join("a", "b"), join("a", "c", 1), join("a", "d"), join("b", "e"), join("c", "e", 0, 1), join("d", "e")])


def prepared(**values: Any) -> Any:
    flows = (flow("f", 300.0, origin="a", destination="e", vehicle_classes=MIX),
             flow("g", 200.0, route=("a", "c", "e"), begin_s=1000.0))
    trips = (trip("t", 50.0, route=("a", "b", "e")),
             trip("bus", 60.0, route=("a", "d", "e"), vehicle_class="bus",
                  stops=(Stop(link="d", position_m=50.0, dwell_s=20.0),)))
    return prepare(world(Demand(flows=flows, trips=trips, routes="free_flow"), ways(), **values))


PREPARED = prepared()
PLAN = lower(PREPARED).plan


class Acts(Policy):
    """Does what it is told to."""

    kind: ClassVar[str] = "test_acts"
    phase: ClassVar[PolicyPhase] = "demand"
    acts: tuple[Any, ...]

    def lower(self, builder: Builder) -> None:
        for act in self.acts:
            act(builder)


class Late(Acts):
    """The same, after the demand is known."""

    kind: ClassVar[str] = "test_late_acts"
    phase: ClassVar[PolicyPhase] = "network"


@pytest.fixture(scope="module", autouse=True)
def _registry() -> Iterator[None]:
    yield
    for kind in ("test_acts", "test_late_acts"):
        REGISTRY.pop(kind, None)


def after(*acts: Act, replication: int = 1) -> Any:
    return lower(PREPARED, [Acts(acts=(act,)) for act in acts], replication)


def names(plan: Plan) -> set[str]:
    return set(plan.trips.name)


def rows_of(trips: TripArrays) -> dict[str, tuple[Any, ...]]:
    """All that is known of every trip, by name."""
    return {name: (int(trips.key[n]), int(trips.vehicle_class[n]), float(trips.z[n]), float(trips.depart_s[n]),
                   tuple(trips.route_link[trips.route_start[n]: trips.route_start[n + 1]].tolist()),
                   tuple(trips.stop_dwell_s[trips.stop_start[n]: trips.stop_start[n + 1]].tolist()))
            for n, name in enumerate(trips.name)}


BEFORE = rows_of(PLAN.trips)
TRUCK, CAR = PLAN.classes.name.index("truck"), PLAN.classes.name.index("car")


@pytest.mark.parametrize(("selection", "fits"), [
    (Trips(flows=("g",)), lambda name, row: name.startswith("g#")),
    (Trips(ids=("t", "f#3")), lambda name, row: name in ("t", "f#3")),
    (Trips(vehicle_classes=("truck", "bus")), lambda name, row: row[1] != CAR),
    (Trips(hours=(Hours(begin_h=0.5, end_h=0.25),)), lambda name, row: not 900.0 <= row[3] < 1800.0),
    (Trips(through=Links(ids=("b", "d"))), lambda name, row: row[4][1] != 2),
    (Trips(between=Links(ids=("a", "d", "e"))), lambda name, row: row[4][1] == 3),
    (Trips(origin=Links(ids=("a",)), destination=Links(ids=("b",))), lambda name, row: False),
    (Trips(flows=("f",), vehicle_classes=("truck",)), lambda name, row: name.startswith("f#") and row[1] == TRUCK),
])
def test_a_selection_takes_those_who_meet_all_conditions(selection: Trips, fits: Callable[..., bool]) -> None:
    dropped = set(BEFORE) - names(after(lambda builder: builder.drop(selection)).plan)
    assert dropped == {name for name, row in BEFORE.items() if fits(name, row)}


SHARES = st.floats(0.0, 1.0)


@given(SHARES, SHARES, st.integers(1, 5))
def test_shares_are_nested_and_everybody_else_stays_as_before(one: float, other: float, replication: int) -> None:
    low, high = sorted((one, other))
    base = lower(PREPARED, (), replication)
    few, many = (after(lambda builder, share=share: builder.drop(Trips(share=share)), replication=replication)
                 for share in (low, high))
    assert names(many.plan) <= names(few.plan) <= names(base.plan)
    known = rows_of(base.plan.trips)
    for lowered in (few, many):
        assert all(known[name] == row for name, row in rows_of(lowered.plan.trips).items())
        assert flat(lowered.baseline) == flat(base.plan)


@given(st.sampled_from(["drop", "retype", "add", "reroute"]), st.integers(1, 5))
def test_a_share_of_zero_leaves_every_bit(operation: str, replication: int) -> None:
    nobody = Trips(flows=("f",), share=0.0)
    more: dict[str, tuple[Any, ...]] = {"retype": ("bus",), "add": (" again",)}
    how = {"via": ("c",)} if operation == "reroute" else {}
    lowered = after(lambda builder: getattr(builder, operation)(nobody, *more.get(operation, ()), **how),
                    replication=replication)
    assert flat(lowered.plan) == flat(lowered.baseline)
    (row,) = lowered.ledger
    assert (row.operation, set(row.operand), row.cells) == (operation, {0.0}, ("f/car", "f/truck"))
    assert row.before == row.after


def test_who_is_dropped_belongs_to_the_mark() -> None:
    def left(mark: str | None) -> set[str]:
        return names(after(lambda builder: builder.drop(Trips(share=0.5, mark=mark))).plan)

    assert left("one") == left("one") != left("other")
    assert left(None) == left("test_acts"), "the kind of the policy"


def test_the_ledger_of_dropped_trips_says_how_many_before_and_after() -> None:
    lowered = after(lambda builder: builder.drop(Trips(vehicle_classes=("truck",), share=0.5)))
    (row,) = lowered.ledger
    count = Counter(name.partition("#")[0] for name, one in BEFORE.items() if one[1] == TRUCK)["f"]
    kept = int((lowered.plan.trips.vehicle_class == TRUCK).sum())
    assert (row.field, row.unit, row.cells) == ("trip.number", "1", ("f/truck",))
    assert (row.operand, row.before, row.after) == ((float(count - kept),), (float(count),), (float(kept),))
    assert 0 < kept < count


def test_another_class_keeps_driver_departure_and_route() -> None:
    lowered = after(lambda builder: builder.retype(Trips(flows=("f",), vehicle_classes=("car",)), "truck"))
    new = rows_of(lowered.plan.trips)
    assert set(new) == set(BEFORE)
    for name, row in new.items():
        assert row == (BEFORE[name] if not name.startswith("f#") else (row[0], TRUCK, *BEFORE[name][2:]))
    (row,) = lowered.ledger
    assert (row.field, row.operation, row.cells, row.after) == ("trip.vehicle_class", "retype", ("f/car",), (0.0,))


def test_added_trips_are_travellers_of_their_own() -> None:
    lowered = after(lambda builder: builder.add(Trips(flows=("g",), share=0.5), " more"))
    new, trips = rows_of(lowered.plan.trips), lowered.plan.trips
    added = set(new) - set(BEFORE)
    assert all(new[name] == row for name, row in BEFORE.items())
    assert len(added) == lowered.ledger[0].operand[0] > 10
    keys = {row[0] for row in new.values()}
    assert len(keys) == len(new), "keys of their own"
    for name in added:
        like = BEFORE[name.removesuffix(" more")]
        assert (new[name][1], new[name][4]) == (like[1], like[4])
        assert abs(new[name][3] - like[3]) <= 300.0
    assert list(zip(trips.depart_s.tolist(), trips.name, strict=True)) == sorted(
        zip(trips.depart_s.tolist(), trips.name, strict=True))


def test_operations_see_what_those_before_them_did() -> None:
    trucks, cars = Trips(flows=("f",), vehicle_classes=("truck",)), Trips(flows=("f",), vehicle_classes=("car",))
    lowered = after(lambda builder: builder.drop(trucks), lambda builder: builder.retype(cars, "truck"),
                    lambda builder: builder.add(trucks, " more"), lambda builder: builder.drop(Trips(flows=("g",))))
    count = sum(1 for name, row in BEFORE.items() if name.startswith("f#") and row[1] == CAR)
    assert len(names(lowered.plan)) == 2 * count + 2
    assert {row.policy for row in lowered.ledger} == {f"test_acts #{n}" for n in (1, 2, 3, 4)}


@pytest.mark.parametrize(("way", "route"), [
    ({"route": ("a", "c", "e")}, (0, 2, 4)), ({"via": ("c",)}, (0, 2, 4)), ({"avoid": ("b",)}, (0, 2, 4)),
    ({"via": ("b",)}, (0, 1, 4)), ({"avoid": ("a", "c", "e")}, (0, 1, 4)),  # own ends may be used
])
def test_trips_take_the_way_that_they_are_given(way: dict[str, tuple[str, ...]], route: tuple[int, ...]) -> None:
    chosen = Trips(flows=("f", "g"), share=0.5)
    lowered = after(lambda builder: builder.reroute(chosen, **way))
    taken = set(BEFORE) - names(after(lambda builder: builder.drop(chosen)).plan)
    for name, row in rows_of(lowered.plan.trips).items():
        assert row[4] == (route if name in taken else BEFORE[name][4])
        assert row[:4] == BEFORE[name][:4]
    assert sum(lowered.ledger[0].after) == len(taken)
    turns = set(zip(PLAN.turns.from_link.tolist(), PLAN.turns.to_link.tolist(), strict=True))
    assert all(pair in turns for row in rows_of(lowered.plan.trips).values() for pair in pairwise(row[4]))


@pytest.mark.parametrize(("acts", "words"), [
    ([lambda b: b.drop(Trips(flows=("h",)))], ["flow 'h'", "no such flow"]),
    ([lambda b: b.drop(Trips(ids=("f#9999",)))], ["trip 'f#9999'"]),
    ([lambda b: b.drop(Trips(vehicle_classes=("trunk",)))], ["vehicle class 'trunk'", "did you mean 'truck'"]),
    ([lambda b: b.drop(Trips(through=Links(ids=("z",))))], ["link 'z'", "no such link"]),
    ([lambda b: b.drop(Trips(groups=("novices",)))], ["[population]"]),
    ([lambda b: b.retype(Trips(), "tram")], ["vehicle class 'tram'"]),
    ([lambda b: b.retype(Trips(ids=("bus",)), "truck")], ["trip 'bus'", "link 'a'", "'truck'", "closed to vehicles"]),
    ([lambda b: b.reroute(Trips(ids=("t",)), route=("a", "b", "c", "e"))], ["trip 't'", "'b'", "no movement", "'c'"]),
    ([lambda b: b.reroute(Trips(ids=("t",)), route=("a", "d", "e"))], ["trip 't'", "link 'd'", "'car'"]),
    ([lambda b: b.reroute(Trips(ids=("t",)), route=("a", "c"))], ["trip 't'", "from 'a' to 'e'"]),
    ([lambda b: b.reroute(Trips(ids=("t",)), via=("x",))], ["trip 't'", "'x'"]),
    ([lambda b: b.reroute(Trips(ids=("t",)), avoid=("x",))], ["link 'x'"]),
    ([lambda b: b.reroute(Trips(ids=("t",)), avoid=("b", "c"))], ["trip 't'", "no path from 'a' to 'e'"]),
    ([lambda b: b.reroute(Trips(ids=("t",)))], ["no way"]),
    ([lambda b: b.reroute(Trips(ids=("t",)), via=("c",), avoid=("b",))], ["via and avoid"]),
    ([lambda b: b.reroute(Trips(ids=("bus",)), avoid=("c",))], ["trip 'bus'", "stops on its way"]),
    ([lambda b: b.add(Trips(ids=("t",)), "")], ["suffix ''"]),
    ([lambda b: b.add(Trips(ids=("t",)), "+"), lambda b: b.add(Trips(ids=("t",)), "+")], ["trip 't+'"]),
    ([lambda b: b.reroute(Trips(ids=("t",)), via=("c",)), lambda b: b.reroute(Trips(ids=("t",)), via=("b",))],
     ["policies test_acts #1 and test_acts #2", "route of trip 't'", "both change it"]),
    ([lambda b: b.retype(Trips(ids=("t",)), "van"), lambda b: b.retype(Trips(share=1.0, ids=("t",)), "truck")],
     ["vehicle class of trip 't'"]),
])
def test_what_cannot_be_done_is_refused_with_names(acts: list[Act], words: list[str]) -> None:
    with pytest.raises(PolicyError) as refused:
        after(*acts)
    for word in words:
        assert word in str(refused.value)


def test_trips_change_in_their_phase_only() -> None:
    with pytest.raises(PolicyError, match="phase 'demand'"):
        lower(PREPARED, [Late(acts=(lambda builder: builder.drop(Trips()),))])


def test_a_builder_alone_takes_names_from_the_plan() -> None:
    builder = PlanBuilder(PLAN, ways())
    builder.drop(Trips(flows=("g",), share=0.5))
    plan, _ = builder.finish()
    assert 0 < sum(name.startswith("g#") for name in plan.trips.name) < sum(n.startswith("g#") for n in BEFORE)


def test_signals_are_designed_for_the_demand_that_policies_leave() -> None:
    seen: list[dict[tuple[str, str], float]] = []

    def look(builder: Builder) -> None:
        seen.append(dict(builder.design_volumes()))

    drop = Acts(acts=(lambda builder: builder.drop(Trips(flows=("g",))),))
    for policies in ([Late(acts=(look,))], [drop, Late(acts=(look,))], [Acts(acts=(look,)), drop]):
        lower(PREPARED, policies)
    assert seen[0]["a", "c"] > 100.0
    assert seen[1]["a", "c"] == 0.0
    assert seen[2] == seen[0], "what the demand phase itself sees"
    np.testing.assert_allclose(seen[1]["a", "b"], seen[0]["a", "b"])


def test_nobody_is_left_when_all_are_dropped() -> None:
    plan = after(lambda builder: builder.drop(Trips())).plan
    assert (plan.trips.name, plan.trips.route_start.tolist(), plan.trips.stop_start.tolist()) == ((), [0], [0])


TOWN = Population(people=60, groups=(PersonGroup(name="novices", share=0.4), PersonGroup(name="others", share=0.6)))


def test_groups_of_people_are_selected_and_marks_belong_to_the_person() -> None:
    town = prepared(population=TOWN)
    base = lower(town).plan
    group, person = base.drivers.group, base.trips.person
    novices = {name for row, name in enumerate(base.trips.name) if base.people.group[group[row]] == "novices"}
    lowered = lower(town, [Acts(acts=(lambda builder: builder.drop(Trips(groups=("novices",))),))])
    assert set(base.trips.name) - names(lowered.plan) == novices
    assert 0 < len(novices) < len(base.trips.name)
    half = lower(town, [Acts(acts=(lambda builder: builder.drop(Trips(share=0.5)),))]).plan
    left = set(half.trips.person.tolist())
    gone = set(person.tolist()) - left
    assert len(left) > 10 < len(gone)
    assert left | gone == set(person.tolist())
    assert all((name in names(half)) == (int(person[row]) in left) for row, name in enumerate(base.trips.name))
    tomorrow = lower(town, [Acts(acts=(lambda builder: builder.drop(Trips(share=0.5)),))], 2).plan
    assert not set(tomorrow.trips.person.tolist()) & gone, "on another day too"


def test_added_trips_are_made_by_people_of_their_own() -> None:
    town = prepared(population=TOWN)
    plan = lower(town, [Acts(acts=(lambda builder: builder.add(Trips(flows=("f",)), " more"),))]).plan
    added = np.array([name.endswith(" more") for name in plan.trips.name])
    assert added.sum() > 50
    assert (plan.trips.person >= 0).all()
    assert len(plan.drivers.group) == len(plan.trips.name)
    like = {name: int(plan.trips.person[row]) for row, name in enumerate(plan.trips.name)}
    assert any(like[name] != like[name.removesuffix(" more")] for name in like if name.endswith(" more"))
