"""How not to do it: opens a sealed token in a process that goes on living, sends it, and tidies up after it.

`python -m tests.hostile.naive http.client|kubernetes`: a request as an opener gets it on standard input, one
line; says `sent` when the token was sent and forgotten, and stays until standard input ends.
"""

import base64
import gc
import http.client
import json
import ssl
import sys
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bahriya_tui.opener.send import docker_config
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.vault.open import open_sealed

PATH = "/api/v1/namespaces/bahriya-shop/secrets/bahriya-team-v3"


def main(client: str) -> None:
    request = json.loads(sys.stdin.readline())
    private = X25519PrivateKey.from_private_bytes(bytes.fromhex(Path(request["key_path"]).read_text()))
    token = open_sealed(bytes.fromhex(request["sealed"]), CredentialContext(**request["context"]), private)
    config = docker_config("ghcr.io", "bot", token.decode())
    body = {"data": {".dockerconfigjson": base64.b64encode(config).decode()}}
    (target,) = request["targets"]
    {"http.client": with_http_client, "kubernetes": with_kubernetes}[client](target, body)
    token[:] = bytes(len(token))
    del token, config, body, private
    gc.collect()
    print("sent", flush=True)  # noqa: T201
    sys.stdin.read()


def with_http_client(target: dict[str, Any], body: dict[str, Any]) -> None:
    tls = ssl.create_default_context(cadata=target["ca_pem"])
    line = http.client.HTTPSConnection(target["host"], target["port"], context=tls)
    line.request("PATCH", PATH, json.dumps(body))
    assert line.getresponse().status == 200
    line.close()


def with_kubernetes(target: dict[str, Any], body: dict[str, Any]) -> None:
    from kubernetes.client import ApiClient, Configuration, CoreV1Api

    settings = Configuration(host=f"https://{target['host']}:{target['port']}")
    settings.verify_ssl = False
    with ApiClient(settings) as api:
        CoreV1Api(api).patch_namespaced_secret("bahriya-team-v3", "bahriya-shop", body)


if __name__ == "__main__":
    main(sys.argv[1])
