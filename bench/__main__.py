"""`python -m bench [NAME ...]`: the figures of docs/performance.md, each bench in a process of its own."""

from __future__ import annotations

import subprocess
import sys

BENCHES = (
    "ratios", "matching", "market_ledger", "execution", "batteries", "tree", "light", "joining", "engine", "store",
    "serving", "api", "devices", "kill", "page", "sharing", "grid", "fund",
)  # fmt: skip


def main() -> int:
    """Run the named benches, or all; the first failure's exit code."""
    names = sys.argv[1:] or list(BENCHES)
    unknown = sorted(set(names) - set(BENCHES))
    if unknown:
        print(f"no bench is named {unknown[0]}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    for name in names:
        print(f"\n== {name}", flush=True)
        code = subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
