"""An OpenID Connect provider as a proxy sees it: who it is, where to sign on, and a signed word for each code.

Everybody who is sent here is signed on at once, as one person; what a client must show for its code is checked.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

KEY_ID = "provider-1"
PERSON = "anna@community.example"
LASTS_S = 600


def _text(data: bytes) -> str:
    """Base64 for URLs, without padding (RFC 7515)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(value: int) -> str:
    return _text(value.to_bytes((value.bit_length() + 7) // 8, "big"))


@dataclass(slots=True)
class Provider:
    """Where it is, which client it knows, and whom it has signed on for which code."""

    client: str
    secret: str
    redirect: str
    url: str = ""
    signed_on: int = 0
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def metadata(self) -> dict[str, Any]:
        """What OpenID Connect Discovery says of it."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
        }

    def keys(self) -> dict[str, Any]:
        """Its public key."""
        public = self.key.public_key().public_numbers()
        key = {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": KEY_ID,
            "n": _number(public.n),
            "e": _number(public.e),
        }
        return {"keys": [key]}

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes on to, with a code."""
        assert (query["response_type"], query["client_id"]) == ("code", self.client), query
        assert (query["redirect_uri"], query["code_challenge_method"]) == (self.redirect, "S256"), query
        assert "openid" in query["scope"].split(), query
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        self.signed_on += 1
        return f"{self.redirect}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, authorization: str, form: dict[str, str]) -> dict[str, Any]:
        """The signed word for a code, once, to the client that asked and knows what its challenge was made of."""
        shown = base64.b64encode(f"{self.client}:{self.secret}".encode()).decode()
        assert authorization == f"Basic {shown}"
        asked = self.codes.pop(form["code"])
        assert form["grant_type"] == "authorization_code"
        assert form["redirect_uri"] == self.redirect
        assert _text(hashlib.sha256(form["code_verifier"].encode()).digest()) == asked["code_challenge"]
        now = int(time.time())
        claims = {
            "iss": self.url, "sub": PERSON, "aud": self.client,
            "iat": now, "exp": now + LASTS_S, "nonce": asked["nonce"],
        }  # fmt: skip
        return {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "expires_in": LASTS_S,
            "id_token": self._signed(claims),
        }

    def _signed(self, claims: dict[str, Any]) -> str:
        head = {"alg": "RS256", "typ": "JWT", "kid": KEY_ID}
        message = ".".join(_text(json.dumps(part).encode()) for part in (head, claims))
        return f"{message}.{_text(self.key.sign(message.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


@contextmanager
def serving(provider: Provider) -> Iterator[Provider]:
    """The provider on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(dict(parse_qsl(parts.query))))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            answers = {"/.well-known/openid-configuration": provider.metadata, "/keys": provider.keys}
            self._answer(answers[parts.path]())

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            shown = self.headers["Authorization"]
            self._answer(provider.token(shown, {name: values[0] for name, values in form.items()}))

        def _answer(self, document: dict[str, Any]) -> None:
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: Any) -> None:
            """Nothing: what goes wrong shows at the proxy."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
