"""Studies with enforcement that cannot be."""

from __future__ import annotations

from tests.cli.broken_commands import COMPARE, Command, with_policies

AT = 'at = [{ link = "main3", position_m = 100.0 }]'


def _one(name: str, policy: str, *says: str) -> Command:
    return Command(name, COMPARE, says, with_policies("{ " + policy + " }"))


ENFORCEMENT = (
    _one("a schedule that ends before it begins",
         f'kind = "mobile_camera", {AT}, schedule = {{ first_day = 9, last_day = 3 }}',
         "ends before it begins", "last_day"),
    _one("hours without length",
         f'kind = "mobile_camera", {AT}, schedule = {{ hours = [{{ begin_h = 7, end_h = 7 }}] }}', "no length"),
    _one("an unknown weekday", f'kind = "patrol", {AT}, schedule = {{ weekdays = ["monday"] }}', "weekdays", "monday"),
    _one("no weekday", f'kind = "patrol", {AT}, schedule = {{ weekdays = [] }}', "weekdays"),
    _one("week 0", f'kind = "patrol", {AT}, schedule = {{ weeks = [0] }}', "weeks"),
    _one("more officers than the budget",
         f'kind = "patrol", {AT}, officers = 3, officer_hours_per_day = 8.0', "72 officer hours", "8"),
    _one("a random schedule without places", 'kind = "patrol", officer_hours_per_day = 8.0', "without places"),
    _one("a patrol nowhere", 'kind = "patrol"', "give at, route, or both"),
    _one("a patrol along links that do not meet", 'kind = "patrol", route = ["main3", "main1"]', "follow each other"),
    _one("a fine without detection", f'kind = "mobile_camera", {AT}, fine_eur = 90.0, detection = 0.0',
         "detection is 0", "nobody is ever sanctioned"),
    _one("points without a sanction", f'kind = "breath_test", {AT}, points = 4, sanctioned = 0.0', "sanctioned is 0"),
    _one("a camera beyond its link", 'kind = "mobile_camera", at = [{ link = "main3", position_m = 9000.0 }]',
         "main3", "9000"),
    _one("gaps on an unknown link", 'kind = "close_following", at = [{ link = "main9", position_m = 9.0 }]', "main9"),
    _one("a sign on an unknown link", 'kind = "feedback_sign", at = [{ link = "main9", position_m = 9.0 }]', "main9"),
    _one("a checkpoint nowhere", 'kind = "licence_check"', "give at, area, or both"),
    _one("a checkpoint in an unknown area", 'kind = "breath_test", area = { group = "town9" }', "town9"),
    _one("a gap shorter than the law", f'kind = "close_following", {AT}, kept_gap_s = 0.5', "would still offend"),
    _one("a share above one", f'kind = "mobile_camera", {AT}, unaffected = 1.2', "unaffected"),
    Command("two cameras at one place", COMPARE, ("second place of this name",), with_policies(
        *(f'{{ kind = "mobile_camera", {AT} }}' for _ in range(2)))),
    Command("mobile cameras nowhere", COMPARE, ("at",), with_policies('{ kind = "mobile_camera", at = [] }')),
)
