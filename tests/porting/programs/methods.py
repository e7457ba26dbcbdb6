"""Flows and tasks as methods."""

from signoff import flow, task


class Shop:
    rate = 2

    def __init__(self, stock):
        self.stock = stock

    @task
    def price(self, amount):
        return amount * self.stock

    @flow
    def sell(self, amount):
        return self.price(amount)

    @flow
    def sell_many(self, amounts):
        return [self.price.submit(amount).result() for amount in amounts]

    @classmethod
    @flow
    def rated(cls, amount):
        return amount * cls.rate

    @staticmethod
    @task
    def plain(amount):
        return -amount

    @staticmethod
    @flow
    def settle(amount):
        return Shop.plain(amount)


shop = Shop(5)
print(
    shop.sell(3),
    shop.sell_many([1, 2]),
    Shop.rated(4),
    shop.rated(5),
    Shop.settle(6),
    shop.settle(7),
)
