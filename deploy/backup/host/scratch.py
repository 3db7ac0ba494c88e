"""A database restored beside the living one, in a container that nobody else can reach, and gone afterwards."""
import json, os, shutil, subprocess, time
from base import Fault, last_lines, run
from postgres import CONTAINER, facts, inspect

NAME = "etage-proof-database"
NETWORK = "etage-proof"
RESTORE_ARGUMENTS = ["-c", "archive_mode=off", "-c", "archive_command=", "-c", "max_logical_replication_workers=0", "-c", "listen_addresses=*"]


def folder(settings):
    return settings["dataPath"] + "/proof"


def clear(settings):
    """Also what a killed run left."""
    left = run(["docker", "ps", "--all", "--quiet", "--filter", f"network={NETWORK}"], "looking for what is left").split()
    subprocess.run(["docker", "rm", "--force", "--volumes", NAME, NAME + "-restore", *left], capture_output=True)
    subprocess.run(["docker", "network", "rm", NETWORK], capture_output=True)
    shutil.rmtree(folder(settings), ignore_errors=True)


def variable(container, name):
    return next((line.split("=", 1)[1] for line in container["Config"]["Env"] if line.startswith(name + "=")), None)


def room(settings, bytes):
    free = shutil.disk_usage(settings["dataPath"]).free
    if free < bytes * 1.2 + 256 * 2**20:
        raise Fault(f"no room to restore it: {bytes / 1e6:.0f} MB, and {free / 1e6:.0f} MB are free at {settings['dataPath']}")


def restore(settings, label, lsn):
    """Exactly up to a place of the WAL; resolves when the database answers there, writable."""
    living = inspect(CONTAINER)
    data, place = variable(living, "PGDATA"), folder(settings) + "/postgres"
    top = next(mount["Destination"] for mount in living["Mounts"] if data.startswith(mount["Destination"] + "/") or data == mount["Destination"])
    os.makedirs(place, mode=0o755)
    # All that the database's container sees, but its data.
    mounts = [word for mount in living["Mounts"] if mount["Destination"] != top
              for word in ("--volume", f"{mount['Source']}:{mount['Destination']}{'' if mount['RW'] else ':ro'}")]
    limits = ["--memory", str(living["HostConfig"]["Memory"] or 512 * 2**20), "--cpu-shares", "128", "--label", "etage.role=backup", "--volume", f"{place}:{top}", *mounts]
    words = ["pgbackrest", f"--stanza={settings['host']}", f"--pg1-path={data}", f"--set={label}", "--type=lsn", f"--target={lsn}", "--target-exclusive",
             "--target-action=promote", "--archive-mode=off", "restore"]
    script = 'mkdir -p "$1" && chown -R postgres "$2" && chmod 0700 "$1" && shift 2 && exec setpriv --reuid=postgres --regid=postgres --init-groups "$@"'
    run(["docker", "run", "--rm", "--name", NAME + "-restore", "--network", settings["network"], "--user", "root", "--entrypoint", "sh", *limits, living["Image"],
         "-c", script, "restore", data, top, *words], f"restoring {label}")
    # What the living one is started with, so that recovery finds the limits that its WAL was written under; nothing is ever archived from here.
    run(["docker", "run", "--detach", "--init", "--name", NAME, "--network", settings["network"], *limits, living["Image"], *(living["Config"]["Cmd"] or ["postgres"]), *RESTORE_ARGUMENTS], "starting what was restored")
    recovered(settings)
    # From here on it sees nobody but the app that is started on it, and that app nobody else.
    run(["docker", "network", "create", "--internal", NETWORK], "a network of its own")
    run(["docker", "network", "connect", "--alias", CONTAINER, NETWORK, NAME], "a network of its own")
    run(["docker", "network", "disconnect", settings["network"], NAME], "a network of its own")


def recovered(settings, patience=6 * 3600):
    database, end = settings["database"], time.monotonic() + patience
    ask = ["docker", "exec", NAME, "psql", "-XqAt", "-U", database["user"], "-d", database["name"], "-c", "select not pg_is_in_recovery()"]
    while time.monotonic() < end:
        done = subprocess.run(ask, text=True, capture_output=True)
        if done.stdout.strip() == "t":
            return
        state = inspect(NAME)["State"]
        if not state["Running"]:
            said = subprocess.run(["docker", "logs", "--tail", "30", NAME], text=True, capture_output=True)
            raise Fault(f"what was restored does not start: {last_lines(chr(10).join(line for line in (said.stdout + said.stderr).splitlines() if 'FATAL' in line or 'ERROR' in line or 'PANIC' in line) or said.stderr)}")
        time.sleep(0.5)
    raise Fault(f"what was restored is still in recovery after {patience} s")


def differences(recorded, restored):
    """In words; empty when every table is as it was recorded."""
    found = []
    for table in sorted({*recorded, *restored}):
        one, other = recorded.get(table), restored.get(table)
        if one == other:
            continue
        if one is None or other is None:
            found.append(f"{table} {'was not there then' if one is None else 'is missing'}")
        elif one["rows"] != other["rows"]:
            found.append(f"{table} has {other['rows']} rows of {one['rows']}")
        else:
            found.append(f"{table} has other contents")
    return found


def compare(settings, recorded):
    found = differences(recorded, facts(settings, NAME))
    if found:
        raise Fault(f"what was restored is not what was backed up: {'; '.join(found[:5])}")
