"""Makes the requests of schemathesis those of the owner of the demo's first company."""

import json
import os
import urllib.request
import uuid

import schemathesis

SERVER = f"http://127.0.0.1:{os.environ['MPANEL_PORT']}"
CREDENTIALS = {"company": "nordhost", "email": "owner@nordhost.example", "password": "mpanel-demo"}


# Where requests end sessions, each needs one of its own.
@schemathesis.auth(refresh_interval=int(os.environ.get("FUZZ_SIGN_IN_SECONDS", "600")))
class Owner:
    def get(self, case, context):
        request = urllib.request.Request(
            f"{SERVER}/v1/sign-ins",
            data=json.dumps(CREDENTIALS).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)["access_token"]

    def set(self, case, token, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.hook
def before_call(context, case, kwargs):
    """Makes each good key one of its own: a first answer that comes back may tell of what was deleted since."""
    key = (case.headers or {}).get("Idempotency-Key", "")
    if 0 < len(key) < 200 and all("!" <= character <= "~" for character in key):
        case.headers["Idempotency-Key"] = f"{key}-{uuid.uuid4()}"
