"""Where a request goes, and how to log in there."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Target:
    """One region, and the pull secret that is to be there; the first fields are those of an endpoint."""

    region: str
    host: str
    port: int
    namespace: str
    secret: str
    labels: dict[str, str]
    annotations: dict[str, str]
    server_name: str = ""
    ca_pem: str = ""
    token: str = field(default="", repr=False)
    basic: str = field(default="", repr=False)
    client_cert_pem: str = ""
    client_key_pem: str = field(default="", repr=False)
    insecure: bool = False
    base_path: str = ""
    uid: str = ""
    """Empty, or of the one secret that may be written over, whoever changed it: its repair was asked for."""
    resource_version: str = ""
    """Empty, or of the secret as it has to be still, or else the region refuses what is sent."""
