"""Transactions: commit and rollback hooks."""

from signoff import flow, task
from signoff.transactions import get_transaction, transaction

log = []


@task
def write(name):
    log.append(f"write {name}")
    return name


@write.on_rollback
def undo(txn):
    log.append("rollback write")


@write.on_commit
def confirm(txn):
    log.append("commit write")


@task
def check(ok):
    if not ok:
        raise ValueError("check failed")


@flow
def main(ok):
    with transaction() as txn:
        txn.set("name", "a.txt")
        write("a.txt")
        log.append(f"inside {txn.get('name')} {get_transaction() is txn}")
        check(ok)
    log.append("after")


main(True)
print(log)
log.clear()
print(main(False, return_state=True).type.value)
print(log)
