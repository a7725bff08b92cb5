"""`python -m tests.benchmarks [isolation | fleet | terminal] [OPTION]...`: measurements and bounds."""

import argparse
import sys

from tests.benchmarks import fleet, isolation, terminal


def main(arguments: list[str]) -> int:
    """Run the benchmarks named, or all of them; 1 when a bound was missed."""
    options = _parser().parse_args(arguments)
    kept = True
    if options.benchmark in (None, "isolation"):
        kept = isolation.report(getattr(options, "rounds", 25)) and kept
    if options.benchmark in (None, "fleet"):
        kept = fleet.report(_asked(options)) and kept
    if options.benchmark in (None, "terminal"):
        kept = terminal.report(_asked_of_screens(options)) and kept
    return 0 if kept else 1


def _asked(options: argparse.Namespace) -> fleet.Asked:
    if options.benchmark is None:
        return fleet.Asked()
    return fleet.Asked(
        options.regions, options.containers, options.latency, options.rounds, not options.no_kubectl
    )


def _asked_of_screens(options: argparse.Namespace) -> terminal.Asked:
    if options.benchmark is None:
        return terminal.Asked()
    return terminal.Asked(options.rows, options.rounds)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    named = parser.add_subparsers(
        dest="benchmark", metavar="isolation | fleet | terminal", help="all unless one is named"
    )
    one = named.add_parser("isolation", help="what isolation costs a deployment")
    one.add_argument("--rounds", type=int, default=25)
    one = named.add_parser("fleet", help="deployments to many regions, compared with others' ways")
    one.add_argument("--regions", type=_numbers, default=fleet.Asked.regions, metavar="N,N")
    one.add_argument("--containers", type=_numbers, default=fleet.Asked.containers, metavar="N,N")
    one.add_argument("--latency", type=_numbers, default=fleet.Asked.latencies, metavar="MS,MS")
    one.add_argument("--rounds", type=int, default=fleet.Asked.rounds)
    one.add_argument("--no-kubectl", action="store_true", help="leave its scripts out")
    one = named.add_parser("terminal", help="the screens over a pseudo-terminal")
    one.add_argument("--rows", type=_numbers, default=terminal.Asked.rows, metavar="N,N")
    one.add_argument("--rounds", type=int, default=terminal.Asked.rounds)
    return parser


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(one) for one in text.split(","))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
