"""How commands are called: what stands below every help text, for each command and each noun."""

from textwrap import dedent

import click

EXAMPLES: dict[str, str] = {
    "": """
        bahriya demo
        bahriya registry add ghcr --server ghcr.io --username acme-bot
        bahriya deploy api web
        bahriya registry rotate ghcr --password-stdin --deploy < new-token
        bahriya matrix --json
    """,
    "project": """
        bahriya project add shop --name "The shop"
        bahriya registry list --project shop
    """,
    "project add": 'bahriya project add shop --name "The shop"',
    "project list": "bahriya project list --json",
    "project show": "bahriya project show shop",
    "project delete": "bahriya project delete shop --yes",
    "registry": """
        bahriya registry add ghcr --server ghcr.io --username acme-bot
        bahriya registry check --all
        bahriya registry rotate ghcr --password-stdin --deploy < new-token
        bahriya registry usage ghcr
    """,
    "registry add": """
        bahriya registry add ghcr --server ghcr.io --username acme-bot
        bahriya registry add ghcr --server ghcr.io --username acme-bot \\
            --password-command 'pass show ghcr' --expires 2027-01-31
    """,
    "registry adopt": """
        bahriya registry adopt --region helsinki-1
        bahriya registry adopt ghcr --region helsinki-1 --secret web/regcred
    """,
    "registry check": """
        bahriya registry check ghcr --image ghcr.io/acme/api:2.4.1
        bahriya registry check --all
    """,
    "registry delete": """
        bahriya registry delete ghcr --unlink
        bahriya registry delete ghcr --unlink --dry-run
        bahriya registry delete ghcr --unlink --redeploy --yes --no-input
    """,
    "registry edit": """
        bahriya registry edit ghcr --name "Acme on GHCR" --expires 2027-01-31
        bahriya registry edit ghcr --username other-bot --password-stdin < token
    """,
    "registry hints": "bahriya registry hints ghcr.io --username acme-bot",
    "registry import": """
        bahriya registry import
        bahriya registry import --only ghcr.io --handle ghcr.io=team --yes
        kubectl get secret regcred -o json | bahriya registry import --stdin --yes
    """,
    "registry lint": "bahriya registry lint",
    "registry list": """
        bahriya registry list
        bahriya registry list --expiring 7d --json
    """,
    "registry return": "bahriya registry return ghcr v2 --deploy",
    "registry rotate": """
        bahriya registry rotate ghcr
        bahriya registry rotate ghcr --deploy --dry-run
        bahriya registry rotate ghcr --password-stdin --push-now < new-token
        bahriya registry rotate ghcr --password-stdin --deploy \\
            --canary helsinki-1 --soak 5m < new-token
    """,
    "registry show": "bahriya registry show ghcr --json",
    "registry unlink": """
        bahriya registry unlink ghcr
        bahriya registry unlink ghcr api web
    """,
    "registry usage": "bahriya registry usage ghcr",
    "container": """
        bahriya container list
        bahriya container edit api --image ghcr.io/acme/api:2.4.2
    """,
    "container add": """
        bahriya container add api --image ghcr.io/acme/api:2.4.1 --registry ghcr \\
            --port 8080 --region helsinki-1 --region virginia-1
        bahriya container add report --image ghcr.io/acme/report:7 \\
            --type cronjob --schedule '0 4 * * *' --region helsinki-1
    """,
    "container delete": "bahriya container delete api --yes",
    "container edit": """
        bahriya container edit api --image ghcr.io/acme/api:2.4.2
        bahriya container edit api --env LOG=debug --unset OLD --replicas 3
    """,
    "container link": "bahriya container link api ghcr",
    "container list": "bahriya container list --json",
    "container show": "bahriya container show api",
    "container terminate": "bahriya container terminate api",
    "container unlink": "bahriya container unlink api",
    "region": """
        bahriya region import --kubeconfig ~/.kube/config --yes
        bahriya region check
        bahriya region edit virginia-1 --protected
    """,
    "region add": "bahriya region add helsinki-1 --context helsinki --city Helsinki",
    "region check": "bahriya region check helsinki-1 virginia-1",
    "region delete": """
        bahriya region delete helsinki-1
        bahriya region delete virginia-1 --forget
    """,
    "region edit": """
        bahriya region edit virginia-1 --protected
        bahriya region edit helsinki-1 --context helsinki-new
    """,
    "region import": "bahriya region import --kubeconfig ~/.kube/config --context helsinki-1",
    "region list": "bahriya region list",
    "region rbac": """
        bahriya region rbac helsinki-1 | kubectl --context helsinki-1 apply -f -
        kubectl -n bahriya-system create token bahriya --duration 8760h
    """,
    "region show": "bahriya region show helsinki-1",
    "deploy": """
        bahriya deploy api web
        bahriya deploy --all-using ghcr --canary helsinki-1 --soak 5m --batch 25%
        bahriya deploy api --dry-run
        bahriya deploy api --replace --no-wait --json
    """,
    "deployment": """
        bahriya deployment list --container api
        bahriya deployment watch 12
        bahriya deployment rollback 12
    """,
    "deployment cancel": "bahriya deployment cancel 12",
    "deployment list": "bahriya deployment list --container api --limit 5",
    "deployment resume": "bahriya deployment resume 12",
    "deployment retry": "bahriya deployment retry 12",
    "deployment rollback": "bahriya deployment rollback 12 --canary helsinki-1",
    "deployment show": "bahriya deployment show 12",
    "deployment watch": "bahriya deployment watch 12 13",
    "matrix": """
        bahriya matrix
        bahriya matrix --registry ghcr --repair
    """,
    "check": "bahriya check --fail-within 72h",
    "audit": """
        bahriya audit list --registry ghcr
        bahriya audit verify
    """,
    "audit export": "bahriya audit export > audit.jsonl",
    "audit list": "bahriya audit list --registry ghcr --limit 20",
    "audit verify": "bahriya audit verify --offline",
    "worker": "bahriya worker status",
    "worker manifest": """
        bahriya worker manifest helsinki-1 \\
            --image ghcr.io/acme/bahriya:1 | kubectl apply -f -
        kubectl -n bahriya-system exec -it bahriya-0 -- bahriya
    """,
    "worker metrics": """
        bahriya worker metrics > /var/lib/node_exporter/bahriya.prom
    """,
    "worker run": "bahriya worker run",
    "worker status": "bahriya worker status --json",
    "worker stop": "bahriya worker stop",
    "worker unit": "bahriya worker unit > ~/.config/systemd/user/bahriya-worker.service",
    "share": """
        bahriya share --group ops
        bahriya share --group ops --read-only
        bahriya share --nobody
    """,
    "vault": """
        bahriya vault status
        bahriya vault recovery-key
        bahriya vault unlock --for 8h
    """,
    "vault lock": "bahriya vault lock",
    "vault passphrase": "bahriya vault passphrase",
    "vault recover": "bahriya vault recover",
    "vault recovery-key": "bahriya vault recovery-key --output /media/stick/recovery-key",
    "vault rekey": "bahriya vault rekey",
    "vault status": "bahriya vault status",
    "vault unlock": "bahriya vault unlock --for 8h",
    "image": "bahriya image explain nginx",
    "image explain": """
        bahriya image explain nginx ghcr.io/acme/api:2.4.1
        kubectl get pods -o jsonpath='{..image}' | tr ' ' '\\n' |
            bahriya image explain --stdin --json
    """,
    "image match": "bahriya image match --server ghcr.io ghcr.io/acme/api:2.4.1",
    "notify": """
        bahriya notify list
        bahriya notify test --on deployment.failed
    """,
    "notify list": "bahriya notify list",
    "notify test": "bahriya notify test --on credential.expiring",
    "apply": """
        bahriya apply -f shop.yaml --dry-run
        bahriya apply -f shop.yaml
    """,
    "export": "bahriya export --project shop > shop.yaml",
    "backup": "bahriya backup /mnt/backups/bahriya-2027-01-31.tar.gz",
    "restore": "BAHRIYA_HOME=/srv/bahriya bahriya restore bahriya-2027-01-31.tar.gz",
    "keys": "bahriya keys",
    "schema": """
        bahriya schema
        bahriya schema registry list
        bahriya schema --json > bahriya.schema.json
    """,
    "man": """
        bahriya man | man -l -
        bahriya man > ~/.local/share/man/man1/bahriya.1
    """,
    "completion": """
        eval "$(bahriya completion bash)"      in ~/.bashrc
        eval "$(bahriya completion zsh)"       in ~/.zshrc, after compinit
        bahriya completion fish | source       in ~/.config/fish/config.fish
    """,
    "doctor": "bahriya doctor",
    "sim": "bahriya sim serve --regions 3 --kubeconfig /tmp/regions",
    "sim serve": """
        bahriya sim serve --regions 3 --kubeconfig /tmp/regions --registry
    """,
    "serve": "bahriya serve --port 8080",
    "demo": """
        bahriya demo
        bahriya demo --tour
    """,
}
"""By the words of the command; one a line, none over 76 columns."""


def lines_of(name: str) -> list[str]:
    """Give the examples of a command, as they are typed; none where there is none."""
    return dedent(EXAMPLES.get(name, "").strip("\n")).rstrip().splitlines()


def shown(name: str) -> str:
    """Give the end of the help text of a command, for click."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines_of(name))])


def with_examples(command: click.Command, name: str) -> None:
    """Have the help texts of a command, and of those in it, end with examples."""
    # A help text is nothing to fail for; a test finds what has no example.
    command.epilog = shown(name) if name in EXAMPLES else None
    if isinstance(command, click.Group):
        for word, inner in command.commands.items():
            with_examples(inner, f"{name} {word}")
