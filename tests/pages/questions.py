"""Questions that flows ask, as the tests of the pages need them."""

from __future__ import annotations

import datetime
import decimal
import enum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AnyUrl, BaseModel, Field, SecretStr

from signoff.core.forms.typed import schema_of
from signoff.gateway.http import HttpGateway
from signoff.model.forms import Form
from signoff.model.queries import ReadWait
from signoff.model.replies import WaitView
from signoff.server.pages.visits import wait_path
from tests.server.serving import Flow


class Urgency(enum.Enum):
    LOW = "low"
    HIGH = "high"


class Line(BaseModel):
    item: str
    count: int = Field(ge=1)


class Card(BaseModel):
    kind: Literal["card"]
    number: str


class Cash(BaseModel):
    kind: Literal["cash"]
    currency: str


class Approval(BaseModel):
    approved: bool
    amount: float = Field(ge=0, le=500)
    reason: Literal["damaged", "late", "other"]
    comment: str = Field("", description="Goes into the letter.")
    tags: list[str] = []


DESCRIPTION = """**Ada** asks for her money back.

| Item | Price |
|---|---:|
| Engine | 129.00 |

- [x] Parcel received
- [ ] Photo of the damage

[The order](https://example.com/orders/17), or `orders show 17`:

```
<b>not bold</b>
```
"""


def form_of(type_: Any, **changes: Any) -> Form:
    """The form of a model."""
    return Form(schema_of(type_), **changes)


def approval(**changes: Any) -> Form:
    """A question with two buttons."""
    values = {"description": DESCRIPTION, "initial": {"amount": 129.0, "reason": "damaged"}}
    return form_of(Approval, **(values | changes))


class Asking(Flow):
    """A run that asks, and where its question is."""

    def question(self, key: str = "ok?", form: Form | None = None, **changes: Any) -> str:
        """Ask; the address of the page."""
        self.ask(key, form, **changes)
        return wait_path(self.id, key)


def wait_of(gateway: HttpGateway, run_id: UUID, key: str = "ok?") -> WaitView:
    """How a wait stands."""
    return gateway.send(ReadWait(run_id, key))


class Everything(BaseModel):
    text: Annotated[str, Field(min_length=2)]
    story: Annotated[str, Field(json_schema_extra={"format": "multiline"})]
    whole: int = Field(ge=1, le=1000)
    share: float
    money: decimal.Decimal = Field(decimal_places=2)
    urgent: bool
    level: Urgency
    word: Literal["a", "b", "c", "d", "e", "f", "g"]
    day: datetime.date
    clock: datetime.time
    moment: datetime.datetime
    length: datetime.timedelta
    lines: list[Line]
    names: list[str]
    flags: set[Urgency]
    pair: tuple[int, str]
    limits: dict[str, int]
    maybe: Line | None
    pay: Annotated[Card | Cash, Field(discriminator="kind")]
    either: int | str
    secret: SecretStr
    mail: Annotated[str, Field(json_schema_extra={"format": "email"})]
    web: AnyUrl
    content: bytes
    anything: Any
