"""Pydantic models as users write them: every shape a form can have."""

from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    AnyUrl,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    Json,
    NaiveDatetime,
    SecretStr,
)


class Priority(enum.Enum):
    LOW = "low"
    HIGH = "high"


class Level(enum.IntEnum):
    ONE = 1
    TWO = 2


class Address(BaseModel):
    """Where it goes."""

    city: str = Field(min_length=2, title="City name", description="The town.")
    zip: str | None = None


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    name: str


class Pair(NamedTuple):
    x: int
    y: str = "q"


class Node(BaseModel):
    name: str
    token: SecretStr | None = None
    children: list[Node] = []


Pet = Annotated[Cat | Dog, Field(discriminator="kind")]


class Scalars(BaseModel):
    text: Annotated[str, Field(min_length=2, max_length=5, pattern=r"^[a-z]+$")]
    long: Annotated[str, Field(json_schema_extra={"format": "multiline"})]
    whole: int = Field(ge=1, le=1000)
    number: float = Field(gt=0, lt=1)
    money: decimal.Decimal = Field(ge=0, decimal_places=2, max_digits=6)
    yes: bool
    priority: Priority
    level: Level
    word: Literal["a", "b"]
    day: datetime.date = Field(ge=datetime.date(2024, 1, 1))
    clock: datetime.time
    moment: datetime.datetime
    aware: AwareDatetime
    naive: NaiveDatetime
    length: datetime.timedelta = Field(le=datetime.timedelta(hours=2))
    secret: SecretStr
    url: AnyUrl
    web: HttpUrl
    identity: uuid.UUID
    content: bytes
    anything: Any
    packed: Json[list[int]]


class Containers(BaseModel):
    model_config = ConfigDict(extra="forbid")

    numbers: list[int] = Field(min_length=1, max_length=3)
    words: set[str]
    pair: tuple[int, str]
    many: tuple[int, ...]
    named: Pair
    limits: dict[str, int]
    by_number: dict[int, str]
    flags: dict[Literal["x", "y"], bool]
    loose: dict[str, Any]
    address: Address
    maybe: Address | None = None
    addresses: list[Address]
    pet: Pet
    maybe_pet: Pet | None = None
    either: int | str
    mixed: int | Address | None
    node: Node
    secrets: list[SecretStr]
