"""Documented import path: the client."""

from signoff.authoring.client.faces import SignoffClient, SyncSignoffClient, get_client

__all__ = ["SignoffClient", "SyncSignoffClient", "get_client"]
