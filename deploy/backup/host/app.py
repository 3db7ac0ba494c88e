"""The app as this host serves it: its own commands, with the settings and files that it has there."""
import contextlib, json, os, subprocess, tempfile
from base import Fault, run

ROLE = "etage.role"


def serving():
    """The oldest app container that runs: in an update the one that still serves. Its schema fits either release."""
    ids = run(["docker", "ps", "--quiet", "--no-trunc", "--filter", f"label={ROLE}=app", "--filter", "status=running"], "looking for the app").split()
    if not ids:
        return None
    return min(json.loads(run(["docker", "container", "inspect", *ids], "looking at the app")), key=lambda each: each["Created"])


@contextlib.contextmanager
def words(app, command, name, network=None, secrets=None, uploads=None, interactive=False, detach=False):
    """Words of a run of the app's image. `secrets`, `uploads`: folders in place of the host's; its own are only read."""
    binds = []
    for bind in app["HostConfig"]["Binds"] or []:
        source, target = bind.split(":")[:2]
        other = {"/run/secrets": secrets, "/data/uploads": uploads}.get(target)
        binds += ["--volume", f"{other}:{target}" if other else f"{source}:{target}:ro"]
    groups = [word for group in app["HostConfig"]["GroupAdd"] or [] for word in ("--group-add", group)]
    networks = [network] if network else list(app["NetworkSettings"]["Networks"])[:1]
    with tempfile.NamedTemporaryFile("w") as variables:
        variables.write("".join(f"{line}\n" for line in app["Config"]["Env"] or [] if "\n" not in line))
        variables.flush()
        memory = app["HostConfig"]["Memory"] or 256 * 2**20
        yield ["docker", "run", "--detach" if detach else "--rm", "--name", name, "--label", f"{ROLE}=backup", "--memory", str(memory), "--cpu-shares", "128",
               *(["--interactive"] if interactive else []), "--network", networks[0], *groups, *binds, "--env-file", variables.name, app["Image"], *command]


def remove(*names):
    subprocess.run(["docker", "rm", "--force", "--volumes", *names], capture_output=True)


def tenants(app):
    """Slugs of everybody whose rows are here."""
    remove("etage-backup-usage")
    with words(app, ["usage"], "etage-backup-usage") as command:
        told = json.loads(run(command, "asking the app for its tenants", timeout=600))
    return [tenant["slug"] for tenant in told["tenants"]]
