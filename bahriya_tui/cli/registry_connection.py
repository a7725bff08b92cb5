"""The options that say how a registry is asked: plain HTTP, a private CA, a proxy. All are explicit."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

import click

from bahriya_tui.model.connection import ConnectionSettings
from bahriya_tui.model.errors import BadInput


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """What was said on the command line; None for what was not."""

    plain_http: bool | None
    ca_file: str | None
    no_ca_file: bool
    proxy: str | None
    no_proxy: bool

    @property
    def given(self) -> bool:
        """Tell whether anything was said."""
        return self != ConnectionOptions(None, None, False, None, False)

    def over(self, before: ConnectionSettings) -> ConnectionSettings:
        """Give the settings that are meant, where those were there before."""
        settings = before if self.plain_http is None else replace(before, plain_http=self.plain_http)
        if self.no_ca_file or self.ca_file is not None:
            settings = replace(settings, ca_file=self.ca_file)
        if self.no_proxy or self.proxy is not None:
            settings = replace(settings, proxy=self.proxy)
        return settings


def connection_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options; they reach it together, as `connection`."""

    @wraps(function)
    def wrapped(
        *arguments: Any,
        plain_http: bool | None,
        ca_file: str | None,
        no_ca_file: bool,
        proxy: str | None,
        no_proxy: bool,
        **rest: Any,
    ) -> Any:
        for name, value, no_value in (("ca-file", ca_file, no_ca_file), ("proxy", proxy, no_proxy)):
            if value is not None and no_value:
                raise BadInput(f"--{name} and --no-{name} cannot both be meant", "give one of them")
        connection = ConnectionOptions(plain_http, ca_file, no_ca_file, proxy, no_proxy)
        return function(*arguments, connection=connection, **rest)

    for option in (
        click.option("--no-proxy", is_flag=True, help="Ask it directly."),
        click.option("--proxy", metavar="URL", help="Ask it through a proxy, such as http://proxy:3128."),
        click.option("--no-ca-file", is_flag=True, help="Trust the CAs of this machine alone."),
        click.option("--ca-file", metavar="F", help="PEM file of a private CA; nodes need it too."),
        click.option(
            "--plain-http/--no-plain-http",
            default=None,
            help="The server speaks HTTP without TLS; nodes have to allow that too.",
        ),
    ):
        wrapped = option(wrapped)
    return wrapped
