"""The house stands as it was drawn: the rules of docs and style, held over every file (`architecture_rules.py`).

Import directions between the packages are import-linter's (`make lint`); here is the rest.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import ledger.limits
from ledger.chain.header import Certificate, Header
from ledger.chain.registry import Module, constants
from ledger.encoding.quantities import fields_without_unit
from nodechain.modules import MODULES
from tests import architecture_rules as rules
from tests.architecture_rules import Source

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("ledger", "market", "consensus", "nodechain", "devices", "genesis")
DOOR = "cli.py"
BEHIND_EXTRAS = ("devices.signers.pkcs11", "devices.signers.tpm")
"""Need packages that a meter has only where its key is in such a device; nothing else may load them."""
Rule = Callable[[Source], Iterator[str]]
LIMITS = frozenset(constants(ledger.limits)) | {name for module in MODULES for name in constants(module.limits)}

PURITY: list[Rule] = [rules.pure_imports, rules.pure_expressions, rules.ordered_iteration]
PRODUCT: list[Rule] = [
    rules.function_size,
    rules.class_size,
    rules.documented,
    rules.outside_imports,
    rules.pages_apart,
    rules.queries_only,
]
EVERYWHERE: list[Rule] = [
    rules.file_size,
    rules.annotated_returns,
    rules.no_suppressions,
    rules.nothing_unfinished,
    rules.honest_handlers,
    rules.no_drawers,
    rules.early_imports,
]


def files_below(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


def read(files: list[Path]) -> list[Source]:
    return [Source.read(ROOT, file) for file in files]


@pytest.fixture(scope="module")
def packages() -> list[Source]:
    return read(files_below(*PACKAGES))


@pytest.fixture(scope="module")
def door() -> list[Source]:
    return read([ROOT / DOOR] if (ROOT / DOOR).exists() else [])


@pytest.fixture(scope="module")
def others() -> list[Source]:
    return read(files_below("tests", "bench", "fuzz"))


def hold(rule: Rule, sources: list[Source]) -> None:
    violations = [line for source in sources for line in rule(source)]
    if violations:
        pytest.fail("\n".join([rule.__doc__ or "", *violations]), pytrace=False)


# --- the tree ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", PURITY)
def test_pure_packages(rule: Rule, packages: list[Source]) -> None:
    hold(rule, [source for source in packages if source.package in rules.PURE_PACKAGES])


@pytest.mark.parametrize("rule", PRODUCT)
def test_product(rule: Rule, packages: list[Source], door: list[Source]) -> None:
    hold(rule, packages + door)


@pytest.mark.parametrize("rule", EVERYWHERE)
def test_everywhere(rule: Rule, packages: list[Source], door: list[Source], others: list[Source]) -> None:
    early = packages + others
    hold(rule, early if rule is rules.early_imports else early + door)


def test_n6_no_thread_is_shared(packages: list[Source]) -> None:
    hold(rules.own_threads, [source for source in packages if source.package == "nodechain"])


def test_break_3_no_limit_of_the_ledger_has_a_second_number(packages: list[Source]) -> None:
    def copied(source: Source) -> Iterator[str]:
        return rules.no_copied_limits(source, LIMITS)

    copied.__doc__ = rules.no_copied_limits.__doc__
    hold(copied, [source for source in packages if source.package in ("nodechain", "devices")])
    assert list(copied(Source.parse("devices/x.py", "MAX_READINGS = 5\n")))
    assert list(
        copied(Source.parse("devices/x.py", 'MOST_ITEMS: Final = 500\n"""Of one report; the ledger takes 1,000."""\n'))
    )
    assert not list(copied(Source.parse("devices/x.py", 'MOST: Final = 500\n"""Of one file."""\n')))


def test_typical_size(packages: list[Source], door: list[Source]) -> None:
    assert not list(rules.typical_size(packages + door))


def test_no_import_cycles(packages: list[Source]) -> None:
    assert not rules.import_cycles(rules.import_graph(packages))


def test_every_folder_with_code_is_a_package(packages: list[Source]) -> None:
    """Otherwise mypy, import-linter and importers disagree about its name."""
    folders = {(ROOT / source.path).parent for source in packages}
    assert not [str(folder.relative_to(ROOT)) for folder in sorted(folders) if not (folder / "__init__.py").exists()]


def test_packages_are_typed() -> None:
    assert not [name for name in PACKAGES if name != "genesis" and not (ROOT / name / "py.typed").exists()]


def test_meter_modules_load_without_the_node(packages: list[Source]) -> None:
    """All of `ledger` and `devices`, in a process where the extra `node` and the other packages cannot be imported."""
    modules = [source.module for source in packages if source.package in ("ledger", "devices")]
    modules = [module for module in modules if module not in BEHIND_EXTRAS]
    outcome = subprocess.run(
        [sys.executable, *ALONE, *modules], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert outcome.returncode == 0, outcome.stderr


def test_a_module_that_needs_the_node_is_noticed() -> None:
    for absent in NOT_ON_A_METER:
        outcome = subprocess.run(
            [sys.executable, *ALONE, absent],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert outcome.returncode == 1
        assert f"{absent} is not installed on a meter" in outcome.stderr


NOT_ON_A_METER = tuple("aiohttp plyvel plyvel_next pydantic pkcs11 tpm2_pytss nodechain market consensus".split())
LOAD_ALONE = """
import importlib, sys
count, *names = sys.argv[1:]
absent, modules = names[: int(count)], names[int(count) :]
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name in absent:
            raise ModuleNotFoundError(f"{name} is not installed on a meter", name=name)
        return None
sys.meta_path.insert(0, Absent())
for module in modules:
    importlib.import_module(module)
"""
ALONE = ["-c", LOAD_ALONE, str(len(NOT_ON_A_METER)), *NOT_ON_A_METER]


# --- what types say --------------------------------------------------------------------------------------------------


def test_a9_every_integer_of_the_ledger_says_what_it_counts() -> None:
    """Payloads, actions, events and tables of all modules, and what chains of blocks are made of."""
    kinds: list[type] = [Header, Certificate]
    for module in MODULES:
        kinds += [kind.payload for kind in module.types]
        kinds += [decision.action for decision in module.decisions]
        kinds += module.events
        kinds += [table.kind for table in module.tables]
    assert not sorted({field for kind in kinds for field in fields_without_unit(kind)})


def test_a9_rendering_names_no_field_and_no_class(packages: list[Source]) -> None:
    hold(rules.no_field_names, [source for source in packages if source.module in rules.RENDERING])


# --- subjects ------------------------------------------------------------------------------------------------------

CORE = ("ledger.chain", "ledger.state", "ledger.keys", "ledger.encoding", "ledger.light")
KNOWN_TO_ALL = frozenset({"chain", "upgrades"})
"""Which rules hold is the core's business; the module `upgrades` brings only what voters decide of it."""
BELOW = dict.fromkeys(CORE, KNOWN_TO_ALL) | {"ledger.bank": KNOWN_TO_ALL | {"bank", "governance"}}
"""By room, whose names it may know: those of the modules that do not stand above it."""
SUBJECTS_WORDS = re.compile(
    r"(?i)\b(?:meters?|readings?|sessions?|households?|storage units?|imbalance|order books?|bindings?)\b"
)
OF_ASSETS = re.compile(r"(?i)\bmeters\b")
"""The bank may say of an asset that meters make it: a genesis does (rule K6)."""


def test_the_core_imports_no_subject(packages: list[Source]) -> None:
    """Also none that is not in import-linter's contracts yet."""
    subjects, graph = rules.subjects_of(packages, "ledger.chain"), rules.import_graph(packages)
    assert subjects >= {"ledger.bank", "ledger.energy", "market"}
    assert not [line for room in CORE for line in rules.imports_of_subjects(room, graph, subjects)]
    above_bank = subjects - {"ledger.bank", "ledger.governance"}
    assert not rules.imports_of_subjects("ledger.bank", graph, above_bank)


def test_mechanisms_know_neither_each_other_nor_who_asks_them(packages: list[Source]) -> None:
    """Of the market, only `market.mechanisms` knows them."""
    graph = rules.import_graph(packages)
    mechanisms = {subject for subject in rules.subjects_of(packages, "ledger.chain") if subject.startswith("market.")}
    assert mechanisms
    for mechanism in sorted(mechanisms):
        asking = (mechanisms - {mechanism}) | {
            "market.handlers",
            "market.mechanisms",
            "market.module",
            "market.genesis",
        }
        assert not rules.imports_of_subjects(mechanism, graph, asking)
    others = {module: graph[module] for module in graph if not any(module.startswith(f"{m}.") for m in mechanisms)}
    found = rules.imports_of_subjects("market", others, mechanisms)
    assert {line.partition(" ")[0] for line in found} == {"market.mechanisms"}


@pytest.mark.parametrize("room", BELOW)
def test_who_stands_below_names_nobody_above(room: str, packages: list[Source]) -> None:
    """Types, tables, events, actions, purposes, counters, due kinds, sweeps, parameters, codes, limits, weights."""
    known = {name for module in MODULES if module.name in BELOW[room] for name in names_of(module)}
    above = frozenset(name for module in MODULES if module.name not in BELOW[room] for name in names_of(module))
    here = [source for source in packages if source.module.startswith(f"{room}.")]
    assert here
    hold(lambda source: rules.names_in(source, above - known), here)


def test_who_stands_below_speaks_of_nobody_above(packages: list[Source]) -> None:
    core = [source for source in packages if source.module.startswith("ledger.chain.")]
    hold(lambda source: rules.words_in(source, SUBJECTS_WORDS), core)
    bank = [source for source in packages if source.module.startswith("ledger.bank.")]
    bank = [Source.parse(source.path, OF_ASSETS.sub("holders", source.text)) for source in bank]
    hold(lambda source: rules.words_in(source, SUBJECTS_WORDS), bank)


def names_of(module: Module) -> Iterator[str]:
    """The names that a module brings, but for single words and letters, which may stand for something else below."""
    names = [purpose.name for purpose in module.purposes] + [counter.name for counter in module.counters]
    names += [kind.name for kind, _done in module.due] + [kind.name for kind, _step in module.sweeps]
    names += [rule.name for rule in module.parameters]
    names += [name for table in module.tables for name in (table.name, table.kind.__name__)]
    names += [name for kind in module.types for name in (kind.name, kind.payload.__name__)]
    names += [event.__name__ for event in module.events] + [made.action.__name__ for made in module.decisions]
    names += [code for code, _meaning in module.codes.meanings()]
    names += [*constants(module.limits), *constants(module.weights)]
    yield from (name for name in names if "_" in name or (name[:1].isupper() and not name.isupper()))


def test_no_public_class_is_named_twice(packages: list[Source]) -> None:
    assert rules.twice_named(packages) == {}


def test_every_event_of_a_module_has_postings() -> None:
    """The registry refuses others; `tests/ledger/test_stateful.py` folds them from genesis and compares the state."""
    for module in MODULES:
        assert set(module.postings) == set(module.events), module.name


# --- the rules themselves: each sample breaks its rule once ----------------------------------------------------------

LONG_FUNCTION = "def f() -> None:\n" + "    x = 1\n" * rules.MAX_FUNCTION_LINES
LARGE_CLASS = "class C:\n" + "".join(f"    def m{i}(self) -> None: ...\n" for i in range(rules.MAX_CLASS_METHODS + 1))

BROKEN: list[tuple[Rule, str]] = [
    (rules.pure_imports, "import time"),
    (rules.pure_imports, "from os import path"),
    (rules.pure_imports, "def f():\n    import random"),
    (rules.pure_imports, "import nodechain.store"),
    (rules.pure_imports, "from nacl import utils"),
    (rules.pure_imports, "import nacl.utils"),
    (rules.pure_imports, "from math import sqrt"),
    (rules.pure_expressions, "x = 0.5"),
    (rules.pure_expressions, "x = 1j"),
    (rules.pure_expressions, "x = a / b"),
    (rules.pure_expressions, "x /= 2"),
    (rules.pure_expressions, "x = float(y)"),
    (rules.pure_expressions, "x = open('f')"),
    (rules.pure_expressions, "x = hash(y)"),
    (rules.pure_expressions, "x = math.log(y)"),
    (rules.pure_expressions, "k = SigningKey.generate()"),
    (rules.pure_expressions, "k = ec.generate_private_key(c)"),
    (rules.ordered_iteration, "for x in {1, 2}: f(x)"),
    (rules.ordered_iteration, "for x in set(y): f(x)"),
    (rules.ordered_iteration, "z = [x for x in frozenset(y)]"),
    (rules.ordered_iteration, "z = tuple({a for a in y})"),
    (rules.file_size, "x = 1\n" * (rules.MAX_FILE_LINES + 1)),
    (rules.function_size, LONG_FUNCTION),
    (rules.function_size, LONG_FUNCTION.replace("def", "async def")),
    (rules.class_size, LARGE_CLASS),
    (rules.annotated_returns, "def f(): ..."),
    (rules.annotated_returns, "class C:\n    def __init__(self): ..."),
    (rules.annotated_returns, "def f() -> None:\n    async def g(): ..."),
    (rules.documented, "x = 1"),
    (rules.documented, "'''M.'''\ndef f() -> None: ..."),
    (rules.documented, "'''M.'''\nclass C: ..."),
    (rules.documented, "'''M.'''\nclass C:\n    '''A thing.'''\n    def m(self) -> None: ..."),
    (rules.documented, "'''M.'''\ndef send_block() -> None:\n    '''Send block.'''"),
    (rules.documented, "'''M.'''\nif x:\n    def f() -> None: ..."),
    (rules.no_suppressions, "x = 1  # type: " + "ignore[misc]"),
    (rules.no_suppressions, "x = 1  # no" + "qa: E501"),
    (rules.no_suppressions, "x = 1  # pragma: " + "no cover"),
    (rules.no_suppressions, "# mypy" + ": ignore-errors"),
    (rules.nothing_unfinished, "x = 1  # TO" + "DO later"),
    (rules.nothing_unfinished, "def f():\n    '''FIX" + "ME.'''"),
    (rules.honest_handlers, "try: f()\nexcept: g()"),
    (rules.honest_handlers, "try: f()\nexcept Exception: g()"),
    (rules.honest_handlers, "try: f()\nexcept (ValueError, BaseException): g()"),
    (rules.honest_handlers, "try: f()\nexcept BaseException as error: raise E from error"),
    (rules.honest_handlers, "try: f()\nexcept ValueError: pass"),
    (rules.honest_handlers, "try: f()\nexcept ValueError: ..."),
    (rules.honest_handlers, "with contextlib.suppress(Exception): f()"),
    (rules.own_threads, "async def f():\n    await asyncio.to_thread(g)"),
    (rules.own_threads, "async def f():\n    await loop.run_in_executor(None, g)"),
    (rules.own_threads, "async def f():\n    await asyncio.get_running_loop().getaddrinfo(host, 1)"),
    (rules.early_imports, "def f():\n    import json"),
    (rules.early_imports, "class C:\n    def m(self):\n        def n():\n            from json import loads"),
    (rules.no_field_names, "AMOUNTS = {'fee'}"),
    (rules.no_field_names, "if name == 'outcome': pass"),
    (rules.no_field_names, "from ledger.energy.events import SessionClosed"),
    (rules.outside_imports, "import cli"),
    (rules.outside_imports, "from tests.x import y"),
    (rules.outside_imports, "from . import y"),
]

KEPT: list[tuple[Rule, str]] = [
    (rules.pure_imports, "import hashlib, msgspec\nfrom math import isqrt\nfrom nacl.bindings import x"),
    (rules.pure_expressions, "x = a // b % 7 + 10**18\ny = '0.5'\nz = math.isqrt(x)"),
    (rules.ordered_iteration, "for x in sorted({1, 2}): f(x)\nz = {x for x in sorted(y)}\nq = x in {1, 2}"),
    (rules.function_size, "@d(\n" + "1,\n" * 99 + ")\n" + LONG_FUNCTION.replace("    x = 1\n", "", 1)),
    (rules.class_size, LARGE_CLASS.replace("    def m0(self) -> None: ...\n", "")),
    (rules.annotated_returns, "def f() -> None: ...\ng = lambda: 1"),
    (rules.documented, "'''M.'''\ndef _f() -> None: ...\nclass _C:\n    def m(self) -> None: ..."),
    (rules.documented, "'''M.'''\nclass C:\n    '''A thing.'''\n    def __len__(self) -> int: ..."),
    (rules.no_suppressions, "x = 'type: " + "ignore'  # a kind of ignored type"),
    (rules.nothing_unfinished, "x = 'TO" + "DO'  # to do or not to do"),
    (rules.honest_handlers, "try: f()\nexcept (OSError, ValueError) as error: raise E from error"),
    (rules.honest_handlers, "try: f()\nexcept BaseException:\n    undo()\n    raise"),
    (rules.honest_handlers, "with contextlib.suppress(FileNotFoundError): f()"),
    (rules.own_threads, "async def f():\n    await self._worker.run(g)\n    await loop.run_in_executor(pool, g)"),
    (rules.no_field_names, "'field'\nx = {'kind': 1, 'tokens': ': '}\nfrom ledger.chain.header import Event"),
    (rules.early_imports, "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import json"),
]


@pytest.mark.parametrize(("rule", "text"), BROKEN)
def test_broken_rules_are_noticed(rule: Rule, text: str) -> None:
    assert len(list(rule(Source.parse("ledger/sample.py", text)))) == 1


@pytest.mark.parametrize(("rule", "text"), KEPT)
def test_kept_rules_pass(rule: Rule, text: str) -> None:
    assert not list(rule(Source.parse("ledger/sample.py", text)))


def test_a_page_that_knows_another_is_noticed() -> None:
    def broken(path: str, text: str) -> int:
        return len(list(rules.pages_apart(Source.parse(path, text))))

    assert broken("nodechain/api/bank.py", "from nodechain.api import energy") == 1
    assert broken("nodechain/api/bank.py", "from nodechain.api.energy import read_energy") == 1
    assert broken("nodechain/api/http/guard.py", "from nodechain.api.status import PROBES") == 1
    assert broken("nodechain/commands/sending/send.py", "from nodechain.commands.bank import balance") == 1
    assert broken("nodechain/api/bank.py", "from nodechain.api.http import requests\nimport nodechain.api.render") == 0
    assert broken("nodechain/api/routes.py", "from nodechain.api import bank") == 0
    assert broken("nodechain/commands/bank.py", "from nodechain.commands.light import shown") == 0


def test_a_route_that_reads_a_table_is_noticed() -> None:
    def broken(text: str, path: str = "nodechain/api/energy.py") -> int:
        return len(list(rules.queries_only(Source.parse(path, text))))

    assert broken("from ledger.energy.schema import UNITS") == 1
    assert broken("from market.cda.schema import ORDERS, Order") == 1
    assert broken("from ledger.energy import schema") == 1
    assert broken("from ledger.state.table import Table") == 1
    assert broken("from ledger.energy.schema import UnitStatus\nfrom ledger.energy.queries import units") == 0
    assert broken("from ledger.energy.schema import UNITS", "nodechain/light/bundle.py") == 0


def test_what_is_named_twice_is_noticed() -> None:
    def twice(**texts: str) -> list[str]:
        paths = {name: name.replace("__", "/") + ".py" for name in texts}
        return [*rules.twice_named(Source.parse(paths[name], text) for name, text in texts.items())]

    assert twice(ledger__a="class C: ...", market__b="class C: ...\nclass D: ...") == ["C"]
    assert twice(ledger__a="class _C: ...", market__b="class _C: ...\ndef C(): ...") == []
    answer, model = "class Status: ...", "class Status: ..."
    assert twice(nodechain__client__answers__status=answer, nodechain__api__status=model) == []
    assert twice(nodechain__client__answers__status=answer, consensus__messages=model) == ["Status"]


def test_a_subject_that_the_core_imports_is_noticed() -> None:
    texts = {
        "ledger/chain/module.py": "",
        "ledger/chain/rules.py": "from ledger.gifts.rules import give",
        "ledger/gifts/module.py": "from ledger.chain import rules",
        "ledger/gifts/rules.py": "",
    }
    sources = [Source.parse(path, text) for path, text in texts.items()]
    subjects = rules.subjects_of(sources, "ledger.chain")
    assert subjects == {"ledger.gifts"}
    found = rules.imports_of_subjects("ledger.chain", rules.import_graph(sources), subjects)
    assert found == ["ledger.chain.rules imports ledger.gifts.rules"]


def test_names_and_words_are_noticed() -> None:
    text = "'''Says give_gift of a meter.'''\nx = give_gift\ny.give_gift('give_gift')"
    source = Source.parse("ledger/chain/x.py", text)
    assert len(list(rules.names_in(source, frozenset({"give_gift"})))) == 3
    assert len(list(rules.words_in(source, SUBJECTS_WORDS))) == 1


@pytest.mark.parametrize("path", ["ledger/utils.py", "nodechain/common/x.py", "devices/session_manager.py"])
def test_drawers_are_noticed(path: str) -> None:
    assert len(list(rules.no_drawers(Source.parse(path, "")))) == 1
    assert not list(rules.no_drawers(Source.parse("ledger/commonwealth.py", "")))


def test_large_files_are_noticed_when_many() -> None:
    small = [Source.parse(f"ledger/a{i}.py", "x\n" * 100) for i in range(9)]
    large = [Source.parse(f"ledger/b{i}.py", "x\n" * 500) for i in range(9)]
    assert not list(rules.typical_size(small))
    assert len(list(rules.typical_size(small * 2 + large))) == 1
    assert len(list(rules.typical_size(small + large + large))) == 2


def test_cycles_are_noticed() -> None:
    def cycles(**texts: str) -> list[str]:
        sources = [Source.parse(f"ledger/{name}.py", text) for name, text in texts.items()]
        return rules.import_cycles(rules.import_graph(sources))

    assert cycles(a="import ledger.b", b="from ledger import c", c="x = 1") == []
    late = cycles(a="import ledger.b", b="from ledger.c import x", c="def f():\n    from ledger import a")
    assert late == ["ledger.a -> ledger.b -> ledger.c -> ledger.a"]
    package = cycles(__init__="from ledger.a import x", a="from ledger import y")
    assert package == ["ledger -> ledger.a -> ledger"]
    assert len(cycles(a="import ledger.b", b="import ledger.a", c="import ledger.d", d="import ledger.c")) == 2
