"""Each customer's export, by itself; then what is too old goes."""
import json, os, subprocess, tempfile
import app as apps
from archive import Archive
from base import STATE, Fault, at, last_lines, lock, write
from files import RELEASES
from store import alone, noted, snapshots, stream, summary

CONTAINER = "etage-backup-export"
# Each customer's newest export, as the store had it when exports were last made or removed.
KEPT = STATE + "/exports.json"


def kept():
    """By slug the snapshot's name."""
    try:
        with open(KEPT) as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def newest(settings):
    """By slug the newest snapshot that the store has, also of customers who are long gone."""
    return {noted(each)["customer"]: each for each in snapshots(settings) if "customer" in noted(each)}


def export(settings, app, slug):
    """Until the export has ended well and its archive is whole, the snapshot is nobody's. Returns bytes that were added, files that are gone."""
    apps.remove(CONTAINER)
    archive = Archive()
    with apps.words(app, ["export", slug, "--allow-missing"], CONTAINER) as words, lock("restic", shared=True, wait=6 * 3600), tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as told:
        source = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=told)
        target = stream(settings, f"{slug}.tar", out, "unfinished")
        broken = None
        try:
            while chunk := source.stdout.read(1 << 20):
                archive.feed(chunk)
                target.stdin.write(chunk)
        except BrokenPipeError:
            broken = "restic stopped reading"
            source.kill()
        target.communicate()
        code = source.wait()
        said, words = text_of(out), text_of(told)
    # Of an export that ended badly restic may say that there was nothing.
    if code != 0 and not broken:
        raise Fault(f"{slug}: export: {last_lines(words) or f'exit code {code}'}")
    if broken or target.returncode != 0:
        raise Fault(f"{slug}: restic: {last_lines(said) or broken}")
    try:
        whole = archive.end()
    except Fault as fault:
        raise Fault(f"{slug}: {fault}")
    made = summary(said)
    tags = f"customer={slug},sha256={archive.sum.hexdigest()},bytes={archive.bytes},rows={whole['rows']},files={whole['files']}"
    alone(settings, "tag", "--set", tags, made["snapshot_id"], what=f"noting what {slug}'s export holds", timeout=1200)
    return made["data_added"], whole["missing"]


def text_of(file):
    file.seek(0)
    return file.read().decode(errors="replace")


def expire(settings):
    """By the policy, each path for itself: a customer's exports are those of its own file name."""
    keep = [word for name, count in settings["keep"].items() for word in (f"--keep-{name}", str(count))]
    left = [each["id"] for each in snapshots(settings, "unfinished")]
    if left:
        alone(settings, "forget", *left, what="removing what killed runs left", timeout=3600)
    alone(settings, "forget", "--group-by", "host,paths", "--keep-last", "1", *keep, "--prune", "--max-unused", "10%", what="removing what is too old", timeout=12 * 3600)


def forget(settings, slug):
    """Removes every export of a customer that is erased."""
    found = [each["id"] for each in snapshots(settings, f"customer={slug}")]
    if found:
        alone(settings, "forget", "--prune", *found, what=f"removing the exports of {slug}", timeout=12 * 3600)
    write(KEPT, json.dumps({other: name for other, name in kept().items() if other != slug}))
    return len(found)


def run(settings):
    app = apps.serving()
    if app is None and not os.path.exists(RELEASES):
        return {"label": None, "bytes": 0, "detail": "no release has run here yet, so nobody is here"}
    if app is None:
        raise Fault("no release of the app runs here that could export customers")
    slugs = apps.tenants(app)
    faults, gone, added = [], [], 0
    for number, slug in enumerate(slugs):
        at("customers", f"{number} of {len(slugs)}: {slug}")
        try:
            # An update may have replaced it meanwhile.
            app = apps.serving() or app
            new, missing = export(settings, app, slug)
            added += new
            if missing:
                gone.append(f"{slug} {missing}")
        except Fault as fault:
            faults.append(str(fault))
    apps.remove(CONTAINER)
    at("customers", "removing what is too old")
    expire(settings)
    write(KEPT, json.dumps({slug: each["short_id"] for slug, each in newest(settings).items()}))
    if faults:
        raise Fault(f"{len(faults)} of {len(slugs)} customers: {'; '.join(faults[:5])}")
    return {"label": None, "bytes": added, "detail": f"{len(slugs)} customers" + (f"; files are gone whose rows are there: {', '.join(gone)}" if gone else "")}
