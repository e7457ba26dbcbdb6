"""Every address of the site: what a browser may do there, and that looking changes nothing.

The addresses are those of the table of routes, so that a new one cannot be forgotten.
"""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from signoff.gateway.http import HttpGateway
from signoff.model.deploying import ReadDeployment
from signoff.model.queries import ReadEvents
from signoff.model.schedules import DeploymentScheduleCreate, IntervalSchedule
from signoff.model.shared.work_pools import CreateWorkPool, ReadWorkPool
from signoff.server.pages.site import ROOMS
from signoff.server.pages.visits import Route
from tests.pages.questions import approval
from tests.pages.runs import Worked
from tests.pages.test_catalog import deploy
from tests.pages.test_site import COOKIE, post
from tests.server.serving import Served, call

ROUTES = [route for room in ROOMS for route in room]
POSTS = [route for route in ROUTES if route.method == "POST"]
GETS = [route for route in ROUTES if route.method == "GET"]
HARM = "<script>document.title='harmed'</script>\"'>&lt;"


class Place:
    """Something at every address, and how it stands."""

    def __init__(self, gateway: HttpGateway) -> None:
        self.gateway = gateway
        self.run = Worked(gateway, flow_name="guarded")
        self.run.question(form=approval())
        self.pool = f"pool-{uuid4().hex[:6]}"
        gateway.send(CreateWorkPool(self.pool))
        hourly = DeploymentScheduleCreate(schedule=IntervalSchedule(interval=timedelta(hours=1)))
        self.deployment = deploy(gateway, f"d-{uuid4().hex[:6]}", schedules=[hourly])
        self.values = {
            "run_id": str(self.run.id),
            "key": "ok%3F",
            "bulk_id": str(uuid4()),
            "flow_id": str(self.run.handle.flow_id),
            "deployment_id": str(self.deployment.id),
            "schedule_id": str(self.deployment.schedules[0].id),
            "pool": self.pool,
            "namespace": "company",
            "flow": "guarded",
        }

    def path(self, route: Route) -> str:
        return re.sub(r"\{(\w+)\}", lambda match: self.values.get(match[1], "x"), route.pattern)

    def stands(self) -> list[str]:
        """All that a request could have changed."""
        events: list[str] = []
        last = 0
        while page := self.gateway.send(ReadEvents(last, 200)):
            last = page[-1].seq
            mine = [each for each in page if each.run_id == self.run.id]
            events += [f"{each.seq} {each.kind}" for each in mine]
        deployment = self.gateway.send(ReadDeployment(self.deployment.id))
        pool = self.gateway.send(ReadWorkPool(self.pool))
        return [*events, deployment.model_dump_json(exclude={"updated"}), pool.model_dump_json()]


@pytest.fixture
def place(gateway: HttpGateway) -> Place:
    return Place(gateway)


def test_every_form_needs_its_token(site: Served, place: Place) -> None:
    before = place.stands()
    for route in POSTS:
        path = place.path(route)
        for values, headers in (
            ({}, {}),
            ({"token": "abcd"}, {}),
            ({"token": ""}, {"cookie": "signoff_form="}),
            ({"token": "abc"}, {"cookie": "signoff_name=Ann"}),
            ({"token": "abc"}, {"origin": "http://evil.example"}),
        ):
            status = post(site, path, {"do": "answer", **values}, **headers)[0]
            assert status == 403, (route, values, headers)
    assert place.stands() == before


def test_looking_changes_nothing(site: Served, place: Place) -> None:
    before = place.stands()
    for route in ROUTES:
        for method in ("GET", "HEAD"):
            query = "?token=abc&do=answer&f/approved=yes&of=all&action=delete&confirm=yes"
            status, _, headers = call(site, method, place.path(route) + query, headers=COOKIE)
            if route.method == "GET":
                assert status in (200, 303, 404), (route, status)
                assert "signoff_name" not in headers.get("set-cookie", ""), route
            else:
                assert status in (200, 404, 405), (route, status)
    assert place.stands() == before


def test_every_page_says_what_a_browser_may_do(site: Served, place: Place) -> None:
    for route in GETS:
        status, body, headers = call(site, "GET", place.path(route), headers=COOKIE)
        if status == 303:
            assert headers["location"].startswith("/"), route
            continue
        assert headers["x-content-type-options"] == "nosniff", route
        assert headers["cache-control"] == "no-store", route
        if "attachment" in headers.get("content-disposition", ""):
            continue
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self' 'sha256-"), route
        for rule in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
            assert rule in policy, route
        assert "unsafe" not in policy
        assert headers["referrer-policy"] == "same-origin"
        assert not re.search(rb"<[^>]+\s(style|on\w+)=", body), route
        assert not re.search(rb"(?i)(href|src|action)=\"?\s*javascript:", body), route


@pytest.mark.parametrize("harm", [HARM, "javascript:alert(1)", "//evil.example", "%0d%0aX-Y: z"])
def test_harm_in_an_address_is_text(site: Served, place: Place, harm: str) -> None:
    names = "q find level line before after tab run key zoom open result state name back tasks "
    query = "&".join(f"{name}={harm}".replace(" ", "%20") for name in f"{names}asked sort".split())
    for route in GETS:
        for path in (f"{place.path(route)}?{query}", route.pattern.replace("{", harm[:9])):
            path = path.replace(" ", "%20").replace("<", "%3C").replace('"', "%22")
            status, body, headers = call(site, "GET", path, headers=COOKIE)
            assert status in (200, 303, 400, 404, 422), (route, status)
            assert b"<script>document" not in body, route
            assert "x-y" not in headers
            assert not headers.get("location", "/x").startswith(("//", "javascript"))
            assert not re.search(rb"(href|src|action)=\"(javascript:|//evil)", body), route


def test_where_one_goes_after_a_setting_is_on_this_site(site: Served) -> None:
    for back in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"):
        for path in ("/settings/theme", "/settings/name"):
            values = {"token": "abc", "back": back, "theme": "dark", "name": "Ann"}
            status, _, headers = post(site, path, values)
            if status == 303:
                assert re.match(r"/(?![/\\])", headers["location"]), (path, back)


def test_a_file_is_never_shown_by_the_browser(site: Served, place: Place) -> None:
    place.run.log((40, HARM))
    status, _, headers = call(site, "GET", f"/runs/{place.run.id}/log.txt")
    assert status == 200
    assert headers["content-type"].startswith("text/plain")
    assert headers["content-disposition"].startswith("attachment")
    assert call(site, "GET", f"/runs/{UUID(int=5)}/log.txt")[0] == 404
