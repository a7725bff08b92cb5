"""`python -m tests.benchmarks.bare FILE`: the same requests as a deployment, with aiohttp and nothing else.

What the network and Python make possible: it keeps no store, seals nothing, and retries nothing. FILE holds
the kubeconfig's path, the namespace, the secret, the Deployments and their ids, as JSON.
"""

import asyncio
import base64
import json
import ssl
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
import yaml

_APPLY = {"Content-Type": "application/apply-patch+yaml"}
_QUERY = {"fieldManager": "bahriya", "force": "false"}


async def main(job: dict[str, Any]) -> None:
    """Deploy to every region of the kubeconfig at once, and say when the last one was done."""
    config = yaml.load(Path(job["kubeconfig"]).read_text(), Loader=yaml.CSafeLoader)
    tokens = {user["name"]: user["user"]["token"] for user in config["users"]}
    clusters = [(one["name"], one["cluster"]) for one in config["clusters"]]
    context = ssl.create_default_context(
        cadata=base64.b64decode(clusters[0][1]["certificate-authority-data"]).decode()
    )
    connector = aiohttp.TCPConnector(ssl=context, limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        await asyncio.gather(
            *(_region(session, job, cluster["server"], tokens[name]) for name, cluster in clusters)
        )
    print(json.dumps({"done": time.time()}))


async def _region(session: aiohttp.ClientSession, job: dict[str, Any], server: str, token: str) -> None:
    core, apps = (f"{server}/{api}/namespaces/{job['namespace']}" for api in ("api/v1", "apis/apps/v1"))
    login = {"Authorization": f"Bearer {token}"}

    async def patch(where: str, body: dict[str, Any]) -> dict[str, Any]:
        url = f"{where}/{body['metadata']['name']}"
        async with session.patch(url, params=_QUERY, json=body, headers={**login, **_APPLY}) as answer:
            answer.raise_for_status()
            shown: dict[str, Any] = await answer.json()
            return shown

    await patch(f"{core}/secrets", job["secret"])
    shown = await asyncio.gather(*(patch(f"{apps}/deployments", one) for one in job["deployments"]))
    waiting = {one["metadata"]["name"] for one in shown if not _done(one)}
    query = {
        "watch": "true",
        "resourceVersion": str(min(int(one["metadata"]["resourceVersion"]) for one in shown)),
        "labelSelector": f"bahriya.cloud/deployment-id in ({','.join(map(str, job['ids']))})",
    }
    async with session.get(f"{apps}/deployments", params=query, headers=login) as answer:
        while waiting:
            change = json.loads(await answer.content.readline())
            if _done(change["object"]):
                waiting.discard(change["object"]["metadata"]["name"])


def _done(one: dict[str, Any]) -> bool:
    wanted, status = one["spec"]["replicas"], one.get("status") or {}
    seen = status.get("observedGeneration", 0) >= one["metadata"]["generation"]
    counts = [status.get(name, 0) for name in ("updatedReplicas", "replicas", "availableReplicas")]
    return seen and counts == [wanted] * 3


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text())))
