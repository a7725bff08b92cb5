"""A CA made for one test, and server certificates of it: good, expired, for another name."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

NOW = datetime.now(UTC)


class Authority:
    """Signs certificates; `ca_file` is what a client must trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"CA of {folder.name}")])
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        certificate = (
            self._builder(self._name, self._key, NOW + timedelta(days=9))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.ca_file = str(folder / "ca.pem")
        Path(self.ca_file).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def server(self, address: str = "127.0.0.1", ends: timedelta = timedelta(days=9)) -> ssl.SSLContext:
        """Give the TLS settings of a server that shows a certificate for `address`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file(address, ends))
        return context

    def file(self, address: str = "127.0.0.1", ends: timedelta = timedelta(days=9)) -> Path:
        """Write a certificate for `address`, which may be a name, and its key into a file; give its path."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "server of a test")])
        alternative = x509.SubjectAlternativeName([_general_name(address)])
        certificate = (
            self._builder(name, key, NOW + ends)
            .add_extension(alternative, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        path = self._folder / f"server-{address}-{ends.days}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        return path

    def _builder(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey, ends: datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=30))
            .not_valid_after(ends)
        )


def _general_name(address: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(address))
    except ValueError:
        return x509.DNSName(address)
