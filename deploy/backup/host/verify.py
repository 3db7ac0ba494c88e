"""Proves that what is in the store can be restored: restores it, holds it against what was recorded, starts the app on it and asks that."""
import json, os, random, subprocess, time, urllib.error, urllib.request
import app as apps
import customers, scratch
from chain import chain
from archive import Archive
from base import Busy, Fault, at, last_lines, lock, records, run as program
from judge import newest
from postgres import inspect
from store import alone, answers, backups, environment, noted, restic, snapshots

APP, REDIS = "etage-proof-app", "etage-proof-redis"
SAMPLE = 3
# Up to there all of restic's data is read; of more, another seventh each time.
READ_ALL = 2 * 10**9


def recorded(settings):
    """What the newest backup of the database noted about itself."""
    known, _, _ = backups(settings)
    good = [each["label"] for each in known if not each.get("error")]
    made = newest(records(), "database", True)
    if made and made["label"] not in good:
        raise Fault(f"the newest backup of the database, {made['label']}, is not in the store")
    if not good:
        raise Fault("there is no backup of the database")
    notes = [each for each in snapshots(settings, "database-facts") if noted(each).get("backup") in good]
    if not notes:
        raise Fault("no backup of the database in the store has a note of what was in it")
    note = json.loads(restic(settings, "dump", notes[-1]["id"], "database-facts.json", what="reading what was noted at the backup", timeout=3600))
    size = next(each["info"]["size"] for each in known if each["label"] == note["label"])
    return note, size, good[-1]


def prove_database(settings):
    note, size, last = recorded(settings)
    scratch.room(settings, size)
    at("verify", f"restoring backup {note['label']} of the database")
    scratch.restore(settings, note["label"], note["lsn"])
    at("verify", "comparing what was restored")
    scratch.compare(settings, note["tables"])
    return f"{note['label']}: {len(note['tables'])} tables, {sum(table['rows'] for table in note['tables'].values())} rows as recorded" + ("" if last == note["label"] else f" ({last} has no note)")


def start_app(settings):
    """Of the release that serves; on the restored database, with a Redis of its own, and without a way out."""
    app = apps.serving()
    if app is None:
        raise Fault("no release of the app runs here that could be started on what was restored")
    place = scratch.folder(settings)
    secrets, uploads = place + "/secrets", place + "/uploads"
    os.makedirs(uploads)
    program(["cp", "--archive", "/etc/etage/secrets", secrets], "the app's secrets")
    with open(secrets + "/redis-url", "w") as file:
        file.write("redis://redis:6379")
    os.chmod(place, 0o711)
    os.chown(uploads, 10001, 10001)
    program(["docker", "run", "--detach", "--name", REDIS, "--label", "etage.role=backup", "--network", scratch.NETWORK, "--network-alias", "redis", "--memory", "64m",
             inspect("redis")["Image"], "redis-server", "--save", "", "--protected-mode", "no"], "a Redis for the proof")
    with apps.words(app, ["serve"], APP, scratch.NETWORK, secrets, uploads, detach=True) as words:
        program(words, "starting the app on what was restored")
    address = inspect(APP)["NetworkSettings"]["Networks"][scratch.NETWORK]["IPAddress"]
    ready(settings, address)
    return app, address, secrets, uploads


def ask(settings, address, path, host):
    """Status and text."""
    request = urllib.request.Request(f"http://{address}:{settings['app']['port']}{path}", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except OSError as error:
        return 0, str(error)


def ready(settings, address, patience=120):
    end = time.monotonic() + patience
    while True:
        status, text = ask(settings, address, settings["app"]["ready"], settings["domain"])
        if status == 200:
            return
        if time.monotonic() > end or not inspect(APP)["State"]["Running"]:
            said = subprocess.run(["docker", "logs", "--tail", "5", APP], text=True, capture_output=True)
            raise Fault(f"the app does not get ready on what was restored: {status or ''} {last_lines(text)}; {last_lines(said.stdout + said.stderr)}")
        time.sleep(0.5)


def knows(settings, address, slug):
    status, text = ask(settings, address, settings["app"]["version"], f"{slug}.{settings['domain']}")
    if status != 200 or f'"{slug}"' not in text:
        raise Fault(f"the app on what was restored does not know {slug}: {status} {last_lines(text)}")


def prove_customer(settings, snapshot, app, secrets, uploads):
    """Its export as it came out of the store, then in the scratch database in place of what that has of it."""
    tags = noted(snapshot)
    slug, container = tags["customer"], "etage-proof-import"
    archive = Archive()
    apps.remove(container)
    with apps.words(app, ["import", "--as", slug, "--replace"], container, scratch.NETWORK, secrets, uploads, interactive=True) as words, lock("restic", shared=True, wait=3600):
        source = subprocess.Popen(["restic", "dump", snapshot["id"], f"{slug}.tar"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
        target = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            while chunk := source.stdout.read(1 << 20):
                archive.feed(chunk)
                target.stdin.write(chunk)
        except BrokenPipeError:
            source.kill()
        _, said = target.communicate()
        told, code = source.stderr.read().decode(), source.wait()
    if code > 0:
        raise Fault(f"its export can't be read: {last_lines(told)}")
    if code == 0:
        whole = archive.end()
        if archive.sum.hexdigest() != tags.get("sha256"):
            raise Fault(f"its export is not the one that was stored: {archive.bytes} bytes of {tags.get('bytes')}")
        if str(whole["rows"]) != tags.get("rows"):
            raise Fault(f"its export has {whole['rows']} rows of {tags.get('rows')}")
    if target.returncode != 0:
        raise Fault(f"its export can't be imported: {last_lines(said.decode())}")


def newest_exports(settings):
    """Of each customer, the newest; a fault when one is gone that was there after the last run. While one is on, nobody knows."""
    try:
        with lock("customers"):
            kept, found = customers.kept(), customers.newest(settings)
    except Busy:
        return customers.newest(settings)
    gone = sorted(slug for slug, name in kept.items() if slug not in found or found[slug]["short_id"] != name)
    if gone:
        raise Fault(f"of {len(gone)} customers the newest export is gone: {', '.join(gone[:5])}")
    return found


def prove_files(settings):
    found = snapshots(settings, "files")
    if not found:
        raise Fault("there is no snapshot of the files")
    last, made = found[-1], newest(records(), "files", True)
    if made and made["label"] and not any(each["short_id"] == made["label"] or each.get("original", "").startswith(made["label"]) for each in found):
        raise Fault(f"the newest snapshot, {made['label']}, is not in the store")
    told = restic(settings, "ls", "--json", last["id"], what="reading the newest snapshot", timeout=6 * 3600)
    nodes = [json.loads(line) for line in told.splitlines() if '"type":"file"' in line]
    tags = noted(last)
    count, size = len(nodes), sum(node.get("size", 0) for node in nodes)
    if "count" in tags and (str(count), str(size)) != (tags["count"], tags["bytes"]):
        raise Fault(f"the newest snapshot has {count} files and {size} bytes; {tags['count']} and {tags['bytes']} were recorded")
    return f"{count} files"


def read_all(settings):
    """Everything that restic stored, or a seventh of it, decrypted and against its checksums."""
    stored = json.loads(restic(settings, "stats", "--json", "--mode", "raw-data", what="how much is stored", timeout=3600))["total_size"]
    part = ["--read-data"] if stored <= READ_ALL else [f"--read-data-subset={int(time.time() // 86_400) % 7 + 1}/7"]
    alone(settings, "check", *part, what="reading the store of files and exports")


def run(settings):
    """Goes on after a fault, so that all of them are named at once."""
    faults, proved = [], []

    def step(name, work):
        at("verify", name)
        try:
            said = work()
            if isinstance(said, str):
                proved.append(f"{name}: {said}")
            return said
        except Fault as fault:
            faults.append(f"{name}: {fault}")
        except Exception as error:
            faults.append(f"{name}: {type(error).__name__}: {error}")
        return None

    scratch.clear(settings)
    try:
        opened = step("store of files and exports", lambda: answers(settings) or True)
        if opened:
            step("store of files and exports", lambda: read_all(settings))
            step("files", lambda: prove_files(settings))
        step("WAL and backups", lambda: chain(settings))
        restored = step("database", lambda: prove_database(settings)) if opened else None
        served = step("app", lambda: start_app(settings)) if restored else None
        exports = step("exports", lambda: newest_exports(settings)) if opened else None
        if exports == {}:
            faults.append("customers: there is no export of any customer")
        sample = random.sample(sorted(exports), min(SAMPLE, len(exports))) if served and exports else []
        for slug in sample:
            step(f"customer {slug}", lambda: prove_customer(settings, exports[slug], served[0], served[2], served[3]))
            step(f"customer {slug}", lambda: knows(settings, served[1], slug))
    finally:
        scratch.clear(settings)
    if faults:
        raise Fault("; ".join(faults))
    return {"label": None, "bytes": 0, "detail": f"{'; '.join(proved)}; customers: {', '.join(sample)}"}
