"""Asynchronous flows and tasks."""

import asyncio

from signoff import flow, task


@task
async def double(number):
    await asyncio.sleep(0)
    return number * 2


@task
def triple(number):
    return number * 3


@flow
async def child(number):
    return await double(number)


@flow
def sync_child(number):
    return triple(number)


@flow
async def main():
    print(await double(1), triple(2))
    print(await asyncio.gather(*[double(number) for number in range(3)]))
    futures = double.map([1, 2, 3])
    print(futures.result())
    print(double.submit(5).result(), triple.submit(5).result())
    print(await child(7), sync_child(7))
    print(await asyncio.gather(child(1), child(2)))
    state = await double(3, return_state=True)
    print(
        state.name, await state.result() if asyncio.iscoroutine(state.result()) else state.result()
    )
    return "done"


print(asyncio.run(main()))
