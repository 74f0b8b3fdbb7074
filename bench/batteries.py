"""A year of batteries within their terms, and thieves, at default parameters: `python -m bench batteries`."""

from __future__ import annotations

from harness.batteries import CAPACITY_WH, Battery, Year

HEALTHY = ((0.85, 0), (0.90, 0), (0.90, 120), (0.95, 0))
STOLEN_WH = (100, 200, 400)


def main() -> None:
    """Print the table of docs/protocol/energy.md."""
    print("| efficiency | standing loss | stolen a day | days | named on day | suspended on day | largest gap |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for efficiency, standing_wh in HEALTHY:
        _print(efficiency, standing_wh, 0, Battery(efficiency, standing_wh).run(365))
    for stolen_wh in STOLEN_WH:
        _print(0.90, 120, stolen_wh, Battery(0.90, 120, stolen_wh).run(365))


def _print(efficiency: float, standing_wh: int, stolen_wh: int, year: Year) -> None:
    gap = year.largest_gap_base / 10**6 / CAPACITY_WH
    print(
        f"| {efficiency * 100:.0f} % | {standing_wh} Wh | {stolen_wh} Wh | {year.days} | {year.named_day or 'never'} "
        f"| {year.suspended_day or 'never'} | {gap * 100:.2f} % of the capacity |",
        flush=True,
    )


if __name__ == "__main__":
    main()
