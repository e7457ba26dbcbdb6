"""`signoff version`: what is installed, and what it works with."""

from __future__ import annotations

import platform
from importlib import metadata

from signoff.cli.display import Format, Output, print_facts, print_json


def show(output: Output = Format.TABLE) -> None:
    """Show the version of Signoff, of what it runs on, and where its runs are kept."""
    from signoff.gateway.settings import current

    now = current()
    settings = now.settings
    facts = {
        "version": metadata.version("signoff"),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "profile": now.profile,
        "home": str(settings.home),
        "server": settings.api_url,
    }
    if output is Format.JSON:
        print_json(facts)
    else:
        kept = f"{settings.home} (no server)" if settings.api_url is None else settings.api_url
        print_facts(
            {
                "Signoff": str(facts["version"]),
                "Python": f"{facts['python']} on {facts['platform']}",
                "Profile": now.profile,
                "Runs": kept,
            }
        )
