"""Every rule that the code cites is written down once in `docs/`, and every written rule is cited."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs" / "protocol"
PAGES = [*sorted(DOCS.glob("*.md")), ROOT / "docs" / "proofs.md"]
OTHERS = ("market", "consensus", "nodechain", "devices")

CODE = r"[A-Z]{1,2}\d{1,2}"
"""A family of one letter, or of two since all letters are taken, and a number in it."""
LIST = rf"{CODE}(?:(?:-| to |, | and ){CODE})*"
CITATION = re.compile(rf"(?:\brules? |\()({LIST})(?![\w.])")
"""`(E5)`, `(M5, M6)`, `rules X7-X14`, `rule U3`; whatever else stands beside the codes."""
MENTION = re.compile(rf": ({CODE})\.")
DEFINITION = re.compile(rf"^\*\*({CODE}) [^*]+\.\*\*", re.MULTILINE)


def family(code: str) -> str:
    """The letters."""
    return code.rstrip("0123456789")


def number(code: str) -> int:
    """The place in the family."""
    return int(code.removeprefix(family(code)))


def expand(text: str) -> Iterator[str]:
    """The codes of a list; a range stands for all of its own family."""
    for part in re.split(r", | and ", text):
        ends = re.findall(CODE, part)
        first, last = ends[0], ends[-1]
        assert family(first) == family(last), f"a range over two families: {part}"
        for place in range(number(first), number(last) + 1):
            yield f"{family(first)}{place}"


def cited_in(text: str) -> set[str]:
    lists = [*CITATION.findall(text), *MENTION.findall(text)]
    return {code for found in lists for code in expand(found)}


def cited_below(package: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for file in sorted((ROOT / package).rglob("*.py")):
        for code in sorted(cited_in(file.read_text(encoding="utf-8"))):
            found.setdefault(code, []).append(str(file.relative_to(ROOT)))
    return found


@pytest.fixture(scope="module")
def defined() -> dict[str, str]:
    found = [(code, page.name) for page in PAGES for code in DEFINITION.findall(page.read_text(encoding="utf-8"))]
    twice = [code for code, count in Counter(code for code, _page in found).items() if count > 1]
    assert not twice, f"defined twice: {twice}"
    return dict(found)


def test_every_rule_that_the_ledger_cites_is_written_down(defined: dict[str, str]) -> None:
    missing = {code: files for code, files in cited_below("ledger").items() if code not in defined}
    assert not missing


@pytest.mark.parametrize("package", OTHERS)
def test_so_is_what_the_others_cite_of_the_families_that_are(package: str, defined: dict[str, str]) -> None:
    families = {family(code) for code in defined}
    cited = {code: files for code, files in cited_below(package).items() if family(code) in families}
    assert not {code: files for code, files in cited.items() if code not in defined}


def test_every_written_rule_is_cited(defined: dict[str, str]) -> None:
    cited = {code for package in ("ledger", *OTHERS) for code in cited_below(package)}
    assert sorted(set(defined) - cited) == []


def test_families_are_numbered_without_gaps(defined: dict[str, str]) -> None:
    for letters in sorted({family(code) for code in defined}):
        numbers = sorted(number(code) for code in defined if family(code) == letters)
        assert numbers == list(range(1, len(numbers) + 1)), letters


def test_pages_refer_to_rules_that_exist(defined: dict[str, str]) -> None:
    for page in PAGES:
        missing = cited_in(page.read_text(encoding="utf-8")) - set(defined)
        assert not missing, f"{page.name}: {sorted(missing)}"


def test_the_overview_names_every_page_and_where_its_rules_are(defined: dict[str, str]) -> None:
    overview = (DOCS / "README.md").read_text(encoding="utf-8")
    listed: dict[str, str] = {}
    for page, codes in re.findall(r"\| \[[\w-]+\.md\]\((?:\.\./)?([\w-]+\.md)\) \| ([^|]+) \|", overview):
        listed.update(dict.fromkeys(expand(codes.strip()), page))
    assert {code: page for code, page in defined.items() if page in set(listed.values())} == listed


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("(E5)", {"E5"}),
        ("(M5, M6)", {"M5", "M6"}),
        ("(rules B4, Q1-Q3)", {"B4", "Q1", "Q2", "Q3"}),
        ("(rules SR1-SR3 and B1)", {"SR1", "SR2", "SR3", "B1"}),
        ("rules T7 to T9 and B1", {"T7", "T8", "T9", "B1"}),
        ("(I4, equation 4.1)", {"I4"}),
        ("what is refused: C7.", {"C7"}),
        ("without C0, C1 and Delete", set()),
        ("(EIP-2335)", set()),
        ("units U1 and U2", set()),
        ("(BL2 to BL4)", {"BL2", "BL3", "BL4"}),
        ("(EN 16931)", set()),
    ],
)
def test_what_counts_as_a_citation(text: str, codes: set[str]) -> None:
    assert cited_in(text) == codes
