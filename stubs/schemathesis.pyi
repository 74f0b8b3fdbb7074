"""The part of Schemathesis 4 that tests use; it is installed in the environment of the peers only."""

from collections.abc import Callable
from typing import Any

from hypothesis.strategies import SearchStrategy

class Operation:
    label: str

class Case:
    operation: Operation
    path_parameters: dict[str, Any]
    query: dict[str, Any]
    body: Any

class Response:
    status_code: int

class HookContext: ...

class _OpenApi:
    def format(self, name: str, strategy: SearchStrategy[str]) -> None: ...
    def media_type(self, name: str, strategy: SearchStrategy[bytes]) -> None: ...

openapi: _OpenApi

def hook(function: Callable[..., Any]) -> Callable[..., Any]: ...
