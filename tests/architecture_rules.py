"""The rules of the house as functions: a parsed file in, its violations out, one line each.

They look at syntax only, so that they see what is imported late and what no test runs. `test_architecture.py` applies
them to the tree and to small samples that break them. It must not know which files exist.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

MAX_FILE_LINES = 600
MAX_FILE_LINES_P90 = 400
MAX_FILE_LINES_MEDIAN = 150
MAX_FUNCTION_LINES = 70
MAX_CLASS_METHODS = 20

PURE_PACKAGES = ("ledger", "market", "consensus")

# Modules that can neither read the world nor change it. `importlib` is for a package's own data, a constant.
PURE_IMPORTS = frozenset(
    """
    __future__ abc array base64 binascii bisect collections contextlib copy dataclasses enum fractions functools
    hashlib heapq hmac importlib itertools json math operator re string struct textwrap tomllib types typing
    unicodedata zlib
    cryptography msgspec nacl
    ledger market consensus
    """.split()
)
IMPURE_PARTS = frozenset(["nacl.utils"])
EXACT_MATH = frozenset(["isqrt", "gcd", "lcm", "prod", "comb", "perm"])
IMPURE_NAMES = {
    "open": "reads files",
    "input": "reads the terminal",
    "print": "writes to the terminal",
    "hash": "differs between processes",
    "id": "differs between processes",
    "float": "is not exact",
    "complex": "is not exact",
    "eval": "runs text",
    "exec": "runs text",
    "__import__": "imports unseen",
}
DRAWERS = frozenset(["utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"])
# Assembled, so that this file does not break its own rule.
SUPPRESSION = re.compile(r"type:\s*ignore|\bno" + r"qa\b|pragma:\s*no|mypy:|pylint:|isort:")
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file: its path below the project's root, and its text, parsed."""

    path: str
    text: str = field(repr=False)
    tree: ast.Module = field(repr=False)

    @classmethod
    def parse(cls, path: str, text: str) -> Source:
        """Raises `SyntaxError`."""
        return cls(path, text, ast.parse(text, path))

    @classmethod
    def read(cls, root: Path, file: Path) -> Source:
        """The file at `file`, named relative to `root`."""
        return cls.parse(file.relative_to(root).as_posix(), file.read_text(encoding="utf-8"))

    @property
    def module(self) -> str:
        """The dotted name; a package's `__init__.py` is the package."""
        parts = self.path.removesuffix(".py").split("/")
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def package(self) -> str:
        """The top-level name."""
        return self.module.partition(".")[0]

    @property
    def lines(self) -> int:
        """The length of the file."""
        return len(self.text.splitlines())

    def at(self, node: ast.stmt | ast.expr | ast.ExceptHandler, message: str) -> str:
        """A violation at a node's line."""
        return f"{self.path}:{node.lineno}: {message}"


def _imports(source: Source) -> Iterator[tuple[ast.stmt, str, str | None]]:
    """Every import statement, also inside functions: node, module, and for `from` imports the name."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name, None
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node, "." * node.level + (node.module or ""), alias.name


def _functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def _called(node: ast.expr) -> str:
    """The name of what a call calls, or an empty text: `set` of `set(x)`, `contextlib.suppress` of its call."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


# --- purity ------------------------------------------------------------------------------------------------------


def pure_imports(source: Source) -> Iterator[str]:
    """A pure package imports pure modules only: no clock, chance, files, sockets, threads, logs, environment."""
    for node, module, name in _imports(source):
        full = f"{module}.{name}" if name else module
        if module.partition(".")[0] not in PURE_IMPORTS:
            yield source.at(node, f"a pure package imports {module}")
        elif any(full == part or full.startswith(part + ".") for part in IMPURE_PARTS):
            yield source.at(node, f"a pure package imports {full}")
        elif module == "math" and name is not None and name not in EXACT_MATH:
            yield source.at(node, f"math.{name} is not exact")


def pure_expressions(source: Source) -> Iterator[str]:
    """No floats, no true division, no functions that read the world or differ between two processes."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield source.at(node, f"the constant {node.value!r} is not exact")
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            yield source.at(node, "true division is not exact: use //, and say which way it rounds")
        elif isinstance(node, ast.Name) and node.id in IMPURE_NAMES and isinstance(node.ctx, ast.Load):
            yield source.at(node, f"{node.id} {IMPURE_NAMES[node.id]}")
        elif isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value)
            if owner == "math" and node.attr not in EXACT_MATH:
                yield source.at(node, f"math.{node.attr} is not exact")
            if node.attr == "generate_private_key" or (node.attr == "generate" and owner.endswith("Key")):
                yield source.at(node, "a new key is chance: take its seed as an argument")


def ordered_iteration(source: Source) -> Iterator[str]:
    """No loop runs over a set as it comes: the order of a set of bytes or texts differs between two processes."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            ordered = node.iter
        elif isinstance(node, ast.Call) and _called(node) in ("list", "tuple", "enumerate", "iter") and node.args:
            ordered = node.args[0]
        else:
            continue
        if isinstance(ordered, ast.Set | ast.SetComp) or _called(ordered) in ("set", "frozenset"):
            yield source.at(ordered, "the order of a set is chance: sort it first")


# --- sizes ---------------------------------------------------------------------------------------------------------


def file_size(source: Source) -> Iterator[str]:
    """A file is read in one sitting."""
    if source.lines > MAX_FILE_LINES:
        yield f"{source.path}:1: {source.lines} lines, at most {MAX_FILE_LINES}"


def function_size(source: Source) -> Iterator[str]:
    """A function fits on a screen; decorators (a command's options) are not counted."""
    for node in _functions(source.tree):
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > MAX_FUNCTION_LINES:
            yield source.at(node, f"{node.name} has {lines} lines, at most {MAX_FUNCTION_LINES}")


def class_size(source: Source) -> Iterator[str]:
    """A class has one subject."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            methods = sum(isinstance(item, Function) for item in node.body)
            if methods > MAX_CLASS_METHODS:
                yield source.at(node, f"{node.name} has {methods} methods, at most {MAX_CLASS_METHODS}")


def typical_size(sources: Iterable[Source]) -> Iterator[str]:
    """The median and the 90th percentile of the files with code in them (`__init__.py` would only flatter)."""
    sizes = sorted(source.lines for source in sources if not source.path.endswith("__init__.py"))
    if not sizes:
        return
    median, p90 = sizes[len(sizes) // 2], sizes[min(len(sizes) - 1, len(sizes) * 9 // 10)]
    if median > MAX_FILE_LINES_MEDIAN:
        yield f"the median file has {median} lines, at most {MAX_FILE_LINES_MEDIAN}"
    if p90 > MAX_FILE_LINES_P90:
        yield f"a tenth of the files has {p90} lines or more, at most {MAX_FILE_LINES_P90}"


# --- what a reader is owed -----------------------------------------------------------------------------------------


def annotated_returns(source: Source) -> Iterator[str]:
    """Every function says what it returns."""
    for node in _functions(source.tree):
        if node.returns is None:
            yield source.at(node, f"{node.name} does not say what it returns")


def _public(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, Function | ast.ClassDef]]:
    """Public functions and classes, and the public methods of the latter; not what is inside functions."""
    for node in body:
        if isinstance(node, ast.If | ast.Try):
            yield from _public([*node.body, *node.orelse], prefix)
        elif isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            decorators = {ast.unparse(item).rpartition(".")[2] for item in node.decorator_list}
            if decorators & {"overload", "setter", "deleter", "override"}:
                continue
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from _public(node.body, f"{prefix}{node.name}.")


def documented(source: Source) -> Iterator[str]:
    """Every module and public name has a docstring, and it says more than the name."""
    if not ast.get_docstring(source.tree):
        yield f"{source.path}:1: the module does not say what it is for"
    for name, node in _public(source.tree.body):
        letters = re.sub(r"[^a-z0-9]", "", (ast.get_docstring(node) or "").lower())
        if not letters:
            yield source.at(node, f"{name} has no docstring")
        elif letters == re.sub(r"[^a-z0-9]", "", node.name.lower()):
            yield source.at(node, f"the docstring of {name} repeats its name")


# --- honesty -------------------------------------------------------------------------------------------------------


def _remarks(source: Source, sought: re.Pattern[str]) -> Iterator[tuple[int, str, bool]]:
    """Comments and docstrings of a file that has what is sought anywhere: line, text, whether it is a comment."""
    if not sought.search(source.text):
        return  # tokenizing every file takes longer than all other rules together
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string, True
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Module | ast.ClassDef | Function):
            yield getattr(node, "lineno", 1), ast.get_docstring(node) or "", False


def no_suppressions(source: Source) -> Iterator[str]:
    """No comment silences a tool: the code, or the rule for all, is changed."""
    for line, text, comment in _remarks(source, SUPPRESSION):
        if comment and SUPPRESSION.search(text):
            yield f"{source.path}:{line}: a tool is silenced: {text}"


def nothing_unfinished(source: Source) -> Iterator[str]:
    """What is left to do stands in an issue, not in the code."""
    for line, text, _ in _remarks(source, UNFINISHED):
        if UNFINISHED.search(text):
            yield f"{source.path}:{line}: unfinished: {text.splitlines()[0]}"


def _caught(node: ast.expr | None) -> list[str]:
    if node is None:
        return [""]
    return [ast.unparse(item) for item in (node.elts if isinstance(node, ast.Tuple) else [node])]


def _tidies_up(node: ast.ExceptHandler) -> bool:
    """`except BaseException`, something is undone, and the error goes on as it came: that hides nothing."""
    last = node.body[-1]
    return _caught(node.type) == ["BaseException"] and isinstance(last, ast.Raise) and last.exc is None


def honest_handlers(source: Source) -> Iterator[str]:
    """Handlers name what they expect, and do something about it."""
    blind = {"", "Exception", "BaseException", "builtins.Exception", "builtins.BaseException"}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            if blind & set(_caught(node.type)) and not _tidies_up(node):
                yield source.at(node, "a blind except: name the errors that are expected")
            if all(
                isinstance(item, ast.Pass) or (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))
                for item in node.body
            ):
                yield source.at(node, "an error is swallowed")
        elif (
            isinstance(node, ast.Call)
            and _called(node) in ("suppress", "contextlib.suppress")
            and blind & {ast.unparse(item) for item in node.args}
        ):
            yield source.at(node, "a blind suppress: name the errors that are expected")


def own_threads(source: Source) -> Iterator[str]:
    """Nobody shares asyncio's default executor: a silent name server would hold up the disk."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            owner, _dot, called = _called(node).rpartition(".")
            is_default = bool(node.args) and ast.unparse(node.args[0]) == "None"
            if called == "to_thread" or (called in ("getaddrinfo", "getnameinfo") and owner != "socket"):
                yield source.at(node, f"{called} runs in the default executor: use a worker of one's own")
            elif called == "run_in_executor" and is_default:
                yield source.at(node, "the default executor: use a worker of one's own")


def no_drawers(source: Source) -> Iterator[str]:
    """A file or folder is named after its subject, not after having none."""
    for part in source.module.split("."):
        if DRAWERS & set(part.split("_")):
            yield f"{source.path}:1: {part} is a drawer, not a subject"


def queries_only(source: Source) -> Iterator[str]:
    """A route reads through the queries of a subject, never a table: rules of who sees what stand in one place."""
    if not source.module.startswith("nodechain.api."):
        return
    for node, module, name in _imports(source):
        full = f"{module}.{name}"
        if module.endswith(".schema") and (name or "").isupper():
            yield source.at(node, f"imports the table {full}")
        elif full.endswith(".schema") or (module == "ledger.state.table" and source.module not in RENDERING):
            yield source.at(node, f"imports {full}: ask the subject's queries")


PAGES_STAND_ON = frozenset(
    [
        "access",
        "amounts",
        "billing_files",
        "billing_office",
        "codes",
        "event_rights",
        "figure_rights",
        "http",
        "intervals",
        "module_figures",
        "reading",
        "render",
        "scheme_rows",
        "series_steps",
        "table_rights",
    ]
)
"""What pages of subjects in `nodechain.api` may import of it."""
ABOVE_PAGES = frozenset(["openapi", "own_reads", "routes", "server"])
COMMAND_ROOMS = frozenset(["running", "sending", "terminal"])


def pages_apart(source: Source) -> Iterator[str]:
    """A page of the interface knows no other page, `api/http` knows none, nor do the rooms of the command line."""
    parts = source.module.split(".")
    if len(parts) < 3 or parts[:2] not in (["nodechain", "api"], ["nodechain", "commands"]):
        return
    package, room = ".".join(parts[:2]), parts[2]
    if package == "nodechain.commands":
        if room not in COMMAND_ROOMS:
            return
        allowed = COMMAND_ROOMS
    elif room == "http":
        allowed = frozenset(["codes", "http"])
    elif room in ABOVE_PAGES:
        return
    else:
        allowed = PAGES_STAND_ON
    for node, module, name in _imports(source):
        full = f"{module}.{name}".split(".")
        if ".".join(full[:2]) == package and full[2] not in allowed | {room}:
            yield source.at(node, f"{source.module} imports the page {full[2]}")


# --- imports between files -----------------------------------------------------------------------------------------


def no_copied_limits(source: Source, limits: frozenset[str]) -> Iterator[str]:
    """A limit of all nodes is imported from its table: a second number beside it is not changed with it."""
    for node, after in zip(source.tree.body, [*source.tree.body[1:], None], strict=True):
        if not isinstance(node, ast.Assign | ast.AnnAssign) or not isinstance(node.value, ast.Constant):
            continue
        (target,) = node.targets if isinstance(node, ast.Assign) else (node.target,)
        if not isinstance(target, ast.Name) or not isinstance(node.value.value, int):
            continue
        said = after.value if isinstance(after, ast.Expr) else None
        about = str(said.value) if isinstance(said, ast.Constant) else ""
        if target.id in limits or re.search(r"\bledger (takes|allows|refuses)\b", about):
            yield source.at(node, f"{target.id} is a number of its own for a limit of the ledger")


def early_imports(source: Source) -> Iterator[str]:
    """Imports stand at the top of the file; only `cli.py` may import late."""
    seen = set()
    for function in _functions(source.tree):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom) and node not in seen:
                seen.add(node)
                yield source.at(node, f"{function.name} imports late")


def outside_imports(source: Source) -> Iterator[str]:
    """A package does not reach up, to the door, the tests or the benchmarks; nor out, by relative imports."""
    for node, module, _ in _imports(source):
        if module.partition(".")[0] in ("cli", "tests", "bench"):
            yield source.at(node, f"a package imports {module}")
        if module.startswith("."):
            yield source.at(node, "a relative import: name the module in full")


def import_graph(sources: Iterable[Source]) -> dict[str, set[str]]:
    """Which of our files imports which, late imports and those for types included."""
    by_module = {source.module: source for source in sources}
    graph: dict[str, set[str]] = {}
    for module, source in by_module.items():
        edges = graph.setdefault(module, set())
        for _, target, name in _imports(source):
            full = f"{target}.{name}"
            if full in by_module:
                edges.add(full)
            elif target in by_module:
                edges.add(target)
        edges.discard(module)
    return graph


def import_cycles(graph: Mapping[str, set[str]]) -> list[str]:
    """The shortest cycle through each module that has one, each cycle once."""
    cycles: dict[frozenset[str], str] = {}
    for start in sorted(graph):
        paths, reached = [[start]], {start}
        while paths:
            path = paths.pop(0)
            if start in graph.get(path[-1], ()):
                cycles.setdefault(frozenset(path), " -> ".join([*path, start]))
                break
            for target in sorted(graph.get(path[-1], ())):
                if target not in reached:
                    reached.add(target)
                    paths.append([*path, target])
    return list(cycles.values())


# --- what rendering knows --------------------------------------------------------------------------------------------

RENDERING = (
    "nodechain.api.render",
    "nodechain.commands.terminal.event_text",
    "nodechain.commands.terminal.words",
)
"""What shows values of all subjects: it follows from types (`ledger.encoding.quantities`)."""
SHAPES = frozenset(["kind", "base", "tokens", "event", "yes", "no", "never", "none"])
"""The words of the rendering itself: what each value has beside its fields."""


def no_field_names(source: Source) -> Iterator[str]:
    """Rendering names no field, no class of a subject and no event: a list of names forgets the next one."""
    documented = {id(node.value) for node in ast.walk(source.tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            if re.fullmatch(r"[a-zA-Z]\w+", node.value) and node.value not in SHAPES:
                yield source.at(node, f"{node.value!r} is the name of a field or a class")
        elif isinstance(node, ast.ImportFrom) and re.fullmatch(
            r"(ledger|market)\.(\w+\.)*(events|payloads)", node.module or ""
        ):
            yield source.at(node, f"imports the values of a subject, {node.module}")


# --- subjects ------------------------------------------------------------------------------------------------------


def twice_named(sources: Iterable[Source]) -> dict[str, list[str]]:
    """One name, one thing: public classes that several modules have, by name.

    What a client is answered is named as the model of the interface that it is the other end of.
    """
    found: dict[str, list[str]] = {}
    for source in sources:
        for node in source.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(source.module)
    for modules in found.values():
        if any(module.startswith("nodechain.api.") for module in modules):
            modules[:] = [module for module in modules if not module.startswith("nodechain.client.answers.")]
    return {name: modules for name, modules in sorted(found.items()) if len(modules) > 1}


def subjects_of(sources: Iterable[Source], core: str) -> set[str]:
    """The folders of the subjects, as packages: those with a table of contents, `module.py`, but for the core's own."""
    return {source.module.rpartition(".")[0] for source in sources if source.path.endswith("/module.py")} - {core}


def imports_of_subjects(room: str, graph: Mapping[str, Iterable[str]], subjects: Iterable[str]) -> list[str]:
    """What the modules of a room import of subjects."""
    return [
        f"{module} imports {imported}"
        for module in sorted(graph)
        if module.startswith(f"{room}.")
        for imported in sorted(graph[module])
        if any(imported == subject or imported.startswith(f"{subject}.") for subject in subjects)
    ]


def words_of_code(source: Source) -> Iterator[tuple[int, str]]:
    """Identifiers and constant texts, not what is said about them."""
    remarks = {
        id(node.body[0].value)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Module | ast.ClassDef | Function) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(source.tree):
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.alias(name=word):
                yield getattr(node, "lineno", 1), word
            case ast.Constant(value=str(word)) if id(node) not in remarks:
                yield node.lineno, word


def names_in(source: Source, names: frozenset[str]) -> Iterator[str]:
    """Where code says one of the names."""
    for line, word in words_of_code(source):
        if word in names:
            yield f"{source.path}:{line}: names {word}"


def words_in(source: Source, words: re.Pattern[str]) -> Iterator[str]:
    """Where a comment, a docstring or code says one of the words."""
    for line, text in enumerate(source.text.splitlines(), 1):
        for word in words.findall(text):
            yield f"{source.path}:{line}: speaks of {word}"
