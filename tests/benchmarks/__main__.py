"""`python -m tests.benchmarks [ROUNDS]`: prints what was measured, and beside it what is allowed."""

import sys

from tests.benchmarks import isolation

if __name__ == "__main__":
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 25
    sys.exit(0 if isolation.report(rounds) else 1)
