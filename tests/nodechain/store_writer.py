"""A process that commits block after block, to be killed or to run out of disk.

    python -m tests.nodechain.store_writer DIRECTORY TRANSACTION_BYTES [FILE_SIZE_LIMIT]

Prints each height once it is committed. At the first error: the error's code, its exit code, then whether a second
commit is refused with the same error; ends with that exit code.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from nodechain.errors import NodeError
from nodechain.store.records import History
from nodechain.store.store import Store
from tests.nodechain.chain_of_bytes import QUICK_RULES, ChainOfBytes


def main() -> int:
    directory, transaction_bytes = Path(sys.argv[1]), int(sys.argv[2])
    if len(sys.argv) > 3:
        limit = int(sys.argv[3])
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    chain = ChainOfBytes(transaction_bytes=transaction_bytes)
    try:
        store = Store.open(directory, history=History(heights=20), rules=QUICK_RULES)
    except NodeError as error:
        print(error.code, error.exit_code, "open", flush=True)
        return error.exit_code
    head = store.head()
    chain.make(0 if head is None else head.height + 1)
    while True:
        (record,) = chain.make(1)
        try:
            store.commit(record)
        except NodeError as error:
            again = ""
            try:
                store.commit(record)
            except NodeError as second:
                again = "same" if second is error else "another"
            print(error.code, error.exit_code, again, flush=True)
            store.close()
            return error.exit_code
        print(record.height, flush=True)


if __name__ == "__main__":
    sys.exit(main())
