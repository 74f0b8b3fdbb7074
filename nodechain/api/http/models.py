"""What all answers have, and errors (pydantic): what OpenAPI describes and a test holds real answers to."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ApiModel(BaseModel):
    """Base: what is not described is not sent.

    A model is built when it is asked for: a node that answers needs none of these 200, only its description does.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class At(ApiModel):
    """Every answer names the height at which it holds."""

    height: int


class Problem(ApiModel):
    """Problem details (RFC 9457) with a stable code and advice."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    advice: str
    first_height: int | None = Field(default=None, description="with before_snapshot: the first block that is here")
