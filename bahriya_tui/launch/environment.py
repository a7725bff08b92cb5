"""What of the environment other processes get: names on a list, so nobody else's secrets travel along."""

from collections.abc import Mapping

_NAMES = frozenset(
    [
        "HOME",
        "KUBECONFIG",
        # By which the process that looks at this machine knows that it is in a pod.
        "KUBERNETES_SERVICE_HOST",
        "LANG",
        "LOGNAME",
        "PATH",
        "SSL_CERT_DIR",
        "SSL_CERT_FILE",
        "TERM",
        "TZ",
        "USER",
        # Where command line tools of clouds, which kubeconfigs run, look for their settings.
        "AWS_CONFIG_FILE",
        "AWS_PROFILE",
        "AWS_REGION",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AZURE_CONFIG_DIR",
        "CLOUDSDK_CONFIG",
        "GOOGLE_APPLICATION_CREDENTIALS",
    ]
)
_PREFIXES = ("BAHRIYA_", "LC_", "XDG_")


def allowed(environment: Mapping[str, str]) -> dict[str, str]:
    """Give the part of an environment that is passed on."""
    return {
        name: value for name, value in environment.items() if name in _NAMES or name.startswith(_PREFIXES)
    }
