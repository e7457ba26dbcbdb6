"""Inputs between runs, in asynchronous code."""

import asyncio

from signoff import flow
from signoff.input import RunInput, receive_input, send_input
from signoff.runtime import flow_run


class Name(RunInput):
    first: str
    last: str = "Doe"


@flow
async def greeter():
    await send_input("Ada", flow_run.id)
    async for said in receive_input(str, with_metadata=True, timeout=30, poll_interval=0.2):
        print(f"Hello, {said.value}!", said.metadata.key.split("-auto-")[0])
        await said.respond(5)
        break
    async for number in receive_input(int, timeout=30, poll_interval=0.2):
        print(number)
        break
    await Name(first="Bob").send_to(flow_run.id)
    print(await Name.receive(timeout=30, poll_interval=0.2).next())


@flow
async def keeper():
    keyset = Name.keyset_from_type()
    await Name.save(keyset)
    print(keyset["response"])


asyncio.run(greeter())
asyncio.run(keeper())
