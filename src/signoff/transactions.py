"""Documented import path: work that is done as a whole or undone."""

from signoff.authoring.transactions import atransaction, get_transaction, transaction
from signoff.engine.keeping.transactions import AsyncTransaction, BaseTransaction, Transaction
from signoff.model.transactions import CommitMode, IsolationLevel, TransactionState

__all__ = [
    "AsyncTransaction",
    "BaseTransaction",
    "CommitMode",
    "IsolationLevel",
    "Transaction",
    "TransactionState",
    "atransaction",
    "get_transaction",
    "transaction",
]
