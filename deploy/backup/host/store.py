"""pgBackRest, which runs in the database's container, and restic, which runs on the host."""
import json, os, subprocess, time
from base import Busy, Fault, Late, last_lines, lock, run, variables
from postgres import CONTAINER


def pgbackrest(settings, *words, what, timeout=None, ok=(0,)):
    return run(["docker", "exec", "--user", "postgres", CONTAINER, "pgbackrest", f"--stanza={settings['host']}", *words], what, timeout=timeout, ok=ok)


def backups(settings, timeout=300):
    """What pgBackRest knows of the store: its backups, oldest first; of each database's WAL its folder and newest segment; whether it was ever begun."""
    stanzas = json.loads(pgbackrest(settings, "info", "--output=json", what="asking the store for the database's backups", timeout=timeout))
    stanza = stanzas[0] if stanzas else {}
    status = stanza.get("status", {})
    # 2: there is no backup yet; all else but 0 is a fault, such as a store that does not answer or another password.
    if status.get("code", 0) not in (0, 1, 2):
        faults = [repo["status"]["message"] for repo in stanza.get("repo", []) if repo["status"]["code"] not in (0, 2)]
        raise Fault(f"the database's backups in the store: {last_lines('; '.join(faults) or status.get('message', ''))}")
    return stanza.get("backup", []), [archive for archive in stanza.get("archive", []) if archive.get("max")], status.get("code", 0) != 1


def environment():
    return {**os.environ, "RESTIC_CACHE_DIR": "/var/cache/etage-restic", "RESTIC_PROGRESS_FPS": "0.1", **variables("restic.env")}


def bounds(settings):
    limit = settings.get("bandwidthKilobytes")
    return ["--limit-upload", str(limit)] if limit else []


def restic(settings, *words, what, input=None, timeout=None, ok=(0,)):
    with lock("restic", shared=True, wait=6 * 3600):
        return run(["restic", *bounds(settings), *words], what, input=input, env=environment(), timeout=timeout, ok=ok)


def alone(settings, *words, what, timeout=None, patience=600):
    """restic locks the store against all others for some things: this host's runs wait for one another, and for a restore that somebody started."""
    with lock("restic", wait=6 * 3600):
        end = time.monotonic() + patience
        while True:
            try:
                return run(["restic", *bounds(settings), *words], what, env=environment(), timeout=timeout)
            except Fault as fault:
                if LOCKED not in str(fault) or time.monotonic() > end:
                    raise
                # It may be a killed run's.
                unlock()
                time.sleep(2)


LOCKED = "`unlock` command"


def answers(settings, patience=(8, 22)):
    """
    Whether the store answers and takes what is sent, or a fault: restic leaves a lock in it for a moment. Not while another
    run has it for itself. Asked twice: where another run's lock goes in the moment that it is looked at, restic (seen with
    0.14) tries for half a minute to read that one.
    """
    words = ["restic", "cat", "config"]
    try:
        with lock("restic", shared=True):
            try:
                run(words, "restic", env=environment(), timeout=patience[0])
            except Late:
                run(words, "restic", env=environment(), timeout=patience[1])
            except Fault as fault:
                if LOCKED not in str(fault):
                    raise
                unlock()
                run(words, "restic", env=environment(), timeout=patience[1])
    except Busy:
        run([*words, "--no-lock"], "restic", env=environment(), timeout=sum(patience))


def tagged(settings, snapshot, tags, what):
    """Sets its tags; the snapshot's new name, since that follows from what is in it."""
    alone(settings, "tag", "--set", tags, snapshot, what=what, timeout=1200)
    return next((each["short_id"] for each in snapshots(settings) if each.get("original", "").startswith(snapshot)), snapshot[:8])


def snapshots(settings, *tags):
    """Oldest first; with all of the tags."""
    words = [word for tag in [",".join(tags)] if tag for word in ("--tag", tag)]
    found = json.loads(restic(settings, "snapshots", "--json", *words, what="listing the store's snapshots", timeout=600)) or []
    return sorted(found, key=lambda each: each["time"])


def noted(snapshot):
    """Its tags `name=value`."""
    return dict(tag.split("=", 1) for tag in snapshot.get("tags") or [] if "=" in tag)


def summary(text):
    """Of `restic backup --json`."""
    for line in reversed(text.splitlines()):
        if line.startswith("{") and '"summary"' in line:
            return json.loads(line)
    raise Fault(f"restic told no summary: {last_lines(text)}")


def unlock():
    """Locks that killed runs of this host left. Those of living ones stay. What keeps it from that, the run itself will say."""
    subprocess.run(["restic", "unlock"], env=environment(), capture_output=True, timeout=300)


def stream(settings, name, out, *tags):
    """A running `restic backup` of what is written to its standard input; `out`: a file, since it tells how far it is for as long as it runs."""
    words = ["restic", *bounds(settings), "backup", "--json", "--host", settings["host"], "--stdin", "--stdin-filename", name, *(word for tag in tags for word in ("--tag", tag))]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT, env=environment())
