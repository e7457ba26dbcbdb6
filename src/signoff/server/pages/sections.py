"""The navigation: where every page leads, from left to right."""

from __future__ import annotations

from signoff.server.pages.visits import Section

SECTIONS: tuple[Section, ...] = (
    Section("Inbox", "/", "i"),
    Section("Runs", "/runs", "r"),
    Section("Flows", "/flows", "f"),
    Section("Deployments", "/deployments", "d"),
    Section("Work pools", "/work-pools", "w"),
    Section("Settings", "/settings", "s"),
)
