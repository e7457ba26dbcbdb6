"""Generator flows and tasks."""

import asyncio

from signoff import flow, task


@task
def count(to):
    for number in range(to):
        yield number


@flow
def counting(to):
    for number in count(to):
        yield number * 10


@task
async def acount(to):
    for number in range(to):
        yield number


@flow
async def acounting(to):
    async for number in acount(to):
        yield number * 100


print(list(counting(3)))


async def main():
    return [number async for number in acounting(3)]


print(asyncio.run(main()))


@flow
def submitted():
    return count.submit(4).result()


print(submitted())
