"""HeyGen's OAuth server: consent that is given at once, tokens by code and by refresh, and their revocation.

The addresses are those of HeyGen's OAuth guide, under one host: GET /oauth/authorize (at HeyGen on app.heygen.com), and
POST /v1/oauth/token and /v1/oauth/revoke (on api2.heygen.com). Errors are told as RFC 6749 has it; codes are bound to
their challenge as RFC 7636 has it. A refresh token is good for one refresh, and gives the next one.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit

from batchgen.sandbox.draw import Draw
from batchgen.sandbox.faults import Faults
from batchgen.sandbox.trouble import throttle
from batchgen.sandbox.wire import Answer, Call, Family, Refusal, as_json

#: Tokens of this server begin like this. Others are taken as they come, as keys are.
ACCESS, REFRESH = "sandbox-access-", "sandbox-refresh-"

_CODE_LIFE_S = 600.0
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43,128}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a code stands for."""

    client: str
    redirect: str
    challenge: str
    until: float


class Denied(Exception):  # noqa: N818 - a denial is an answer, not a defect
    """The server says no, in the words of RFC 6749."""

    def __init__(self, code: str, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.code, self.why, self.status = code, why, status


class OAuth:
    """The grants and tokens of one account."""

    def __init__(self, *, secret: str | None = None) -> None:
        self._secret = secret  #: What clients have to know beside their id; None: they have no secret.
        self._codes: dict[str, Grant] = {}
        self._access: dict[str, tuple[float, str]] = {}  #: Token → until when it is good, and whose it is.
        self._refresh: dict[str, str] = {}  #: Token → the login that it belongs to.
        self.log: list[str] = []  #: What was asked of it, in order: authorize, a grant's type, revoke.

    def authorise(self, token: str, now: float, *, ends: bool) -> None:
        """Refuse a token of this server that is unknown, has run out or was revoked; ``ends`` has it run out now."""
        if not token.startswith(ACCESS):
            return
        if ends:
            self._access.pop(token, None)
        until, _ = self._access.get(token, (0.0, ""))
        if now >= until:
            raise Refusal(401, "unauthorized", "Unauthorized", number=401056)

    def handle(self, call: Call, faults: Faults, draw: Draw, now: float) -> Answer:
        """Answer a call to one of the three addresses."""
        form = dict(parse_qsl(call.body.decode("latin-1"), keep_blank_values=True))
        try:
            match call.method, call.path:
                case "GET", "/oauth/authorize":
                    self.log.append("authorize")
                    return self._authorize(call.query, faults, draw, now)
                case "POST", "/v1/oauth/token":
                    self.log.append(form.get("grant_type", ""))
                    return self._trouble(faults, draw) or self._tokens(form, faults, draw, now)
                case "POST", "/v1/oauth/revoke":
                    self.log.append("revoke")
                    return self._trouble(faults, draw) or self._revoke(form)
        except Denied as denied:
            return as_json({"error": denied.code, "error_description": denied.why}, denied.status)
        return as_json({"error": "not_found"}, 404)

    def _authorize(self, query: Mapping[str, str], faults: Faults, draw: Draw, now: float) -> Answer:
        redirect = query.get("redirect_uri", "")
        place = urlsplit(redirect)
        if not query.get("client_id") or not (place.scheme == "https" or place.hostname in {"127.0.0.1", "::1"}):
            # Whom to send back to is not known, so the person is told and nobody else.
            raise Denied("invalid_request", "client_id and redirect_uri are required.")
        told = {"state": query["state"]} if "state" in query else {}
        challenge = query.get("code_challenge", "")
        proven = query.get("code_challenge_method") == "S256" and _CHALLENGE.fullmatch(challenge)
        if query.get("response_type") != "code" or not proven:
            told |= {"error": "invalid_request", "error_description": "A code with an S256 challenge is required."}
        elif draw.hits("oauth_no", faults.oauth_no):
            told |= {"error": "access_denied", "error_description": "The user denied the request."}
        else:
            told["code"] = draw.hex_id("code")
            self._codes[told["code"]] = Grant(
                client=query["client_id"], redirect=redirect, challenge=challenge, until=now + _CODE_LIFE_S
            )
        joint = "&" if place.query else "?"
        return Answer(302, headers={"location": f"{redirect}{joint}{urlencode(told)}"})

    def _trouble(self, faults: Faults, draw: Draw) -> Answer | None:
        if draw.hits("oauth_429", faults.oauth_429):
            return throttle(Family.V1, faults.retry_after)
        if draw.hits("oauth_500", faults.oauth_500):
            return Answer(503, b"<html><h1>503 Service Unavailable</h1></html>", {"content-type": "text/html"})
        return None

    def _tokens(self, form: Mapping[str, str], faults: Faults, draw: Draw, now: float) -> Answer:
        self._check_client(form)
        match form.get("grant_type"):
            case "authorization_code":
                self._redeem(form, now)
                return self._issue(draw.hex_id("login"), faults, draw, now, refresh=True)
            case "refresh_token":
                return self._renew(form.get("refresh_token", ""), faults, draw, now)
        raise Denied("unsupported_grant_type", "grant_type must be authorization_code or refresh_token.")

    def _check_client(self, form: Mapping[str, str]) -> None:
        if not form.get("client_id"):
            raise Denied("invalid_client", "client_id is required.", 401)
        if self._secret is not None and not hmac.compare_digest(form.get("client_secret", ""), self._secret):
            raise Denied("invalid_client", "The client's secret is not right.", 401)

    def _redeem(self, form: Mapping[str, str], now: float) -> None:
        """Take a code, which is good for one time, for the client and redirect that it was given to."""
        grant = self._codes.pop(form.get("code", ""), None)
        verifier = form.get("code_verifier", "")
        known = grant is not None and now < grant.until and form["client_id"] == grant.client
        if grant is None or not known or form.get("redirect_uri") != grant.redirect:
            raise Denied("invalid_grant", "The code is not valid for this client and redirect_uri.")
        if not _VERIFIER.fullmatch(verifier) or _challenge(verifier) != grant.challenge:
            raise Denied("invalid_grant", "The code_verifier does not match the challenge.")

    def _renew(self, token: str, faults: Faults, draw: Draw, now: float) -> Answer:
        if draw.hits("oauth_rejected", faults.oauth_rejected):
            self._refresh.pop(token, None)
        login = self._refresh.get(token)
        if login is None:
            raise Denied("invalid_grant", "The refresh token is not valid.")
        if draw.hits("oauth_same", faults.oauth_same):
            return self._issue(login, faults, draw, now, refresh=False)
        del self._refresh[token]
        return self._issue(login, faults, draw, now, refresh=True)

    def _issue(self, login: str, faults: Faults, draw: Draw, now: float, *, refresh: bool) -> Answer:
        access = ACCESS + draw.hex_id("access")
        self._access[access] = (now + faults.token_life, login)
        told = {"token_type": "Bearer", "access_token": access, "expires_in": int(faults.token_life)}
        if refresh:
            told["refresh_token"] = REFRESH + draw.hex_id("refresh")
            self._refresh[str(told["refresh_token"])] = login
        return as_json(told)

    def _revoke(self, form: Mapping[str, str]) -> Answer:
        """End a login by either of its tokens. An unknown one is as revoked as it can be (RFC 7009)."""
        self._check_client(form)
        token = form.get("token", "")
        login = self._refresh.get(token) or self._access.get(token, (0.0, ""))[1]
        self._refresh = {one: owner for one, owner in self._refresh.items() if owner != login}
        self._access = {one: (until, owner) for one, (until, owner) in self._access.items() if owner != login}
        return as_json({})


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
