"""`signoff dashboard open`: the pages of the server, in a browser."""

from __future__ import annotations

import typer

from signoff.model.errors import ServiceUnavailable

app = typer.Typer(help="The pages of the server.", rich_markup_mode=None)


@app.callback()
def everywhere() -> None:
    """The pages of the server."""


@app.command("open")
def open_pages() -> None:
    """Open the inbox in a browser."""
    from signoff.cli.serverfile import running_servers
    from signoff.gateway.settings import current_settings

    settings = current_settings()
    url = settings.ui_url or (settings.api_url or "").removesuffix("/api")
    if not url:
        running = running_servers(settings.home)
        if not running:
            raise ServiceUnavailable(
                "No server runs here; start one with `signoff server start`, or name one in "
                "SIGNOFF_API_URL."
            )
        url = running[0].url
    typer.launch(url)
    print(f"Opened {url}")
