"""What all documented filters have in common: no unknown fields, and how parts are combined."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Filter(BaseModel):
    """A condition; a field that is unknown is refused."""

    model_config = ConfigDict(extra="forbid")


class Combined(Filter):
    """Several conditions: all of them must hold, or one of them."""

    operator: Literal["and_", "or_"] = "and_"
