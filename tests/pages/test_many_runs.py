"""Ten thousand runs and ten thousand log lines: every page stays as light as with a few."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from bench.filling import fill
from signoff.gateway.http import HttpGateway
from tests.pages.questions import approval
from tests.pages.runs import Worked
from tests.server.serving import Served, Servers, call, process

MANY = 10_000
BATCH = 500
MOST_BYTES = 60_000
"""Of a page as it is sent; what it loads besides is the same for all and weighs some 10 kB."""


def light(served: Served, path: str) -> str:
    """A page that is not too large."""
    status, body, _ = call(served, "GET", path, headers={"accept-encoding": "gzip"})
    assert status == 200, path
    assert len(body) <= MOST_BYTES, (path, len(body))
    return gzip.decompress(body).decode()


def test_pages_stay_light(sqlite_servers: Servers, signoff_home: Path) -> None:
    served = sqlite_servers.start()
    gateway = HttpGateway(served.url, process())
    talking = Worked(gateway, name="talking")
    for start in range(0, MANY, BATCH):
        talking.log(*((20, f"line {number} of many") for number in range(start, start + BATCH)))
    asking = Worked(gateway, name="asking")
    asking.question(form=approval())
    fill(signoff_home / "signoff.db", MANY, 1)
    assert light(served, "/").count("data-item") == 50
    assert ">10001<" in light(served, "/")
    listed = light(served, "/runs")
    assert listed.count("data-item") == 50
    assert re.search(r"Waiting\s*<span class=\"count\">1,000\+</span>", listed)
    assert "1,000+ runs" in listed
    further = re.search(r'href="(/runs\?after=[^"]+)"', listed)
    assert further
    assert "Earlier runs" in light(served, further[1].replace("&amp;", "&"))
    for query in ("sort=name", "sort=oldest", "sort=end", "state=waiting", "waits=go+on"):
        assert light(served, f"/runs?{query}").count("data-item") == 50, query
    assert "line 9999 of many" in light(served, f"/runs/{talking.id}")
    assert light(served, f"/runs/{asking.id}/waits/ok%3F").count("<form") < 10
    gateway.close()
