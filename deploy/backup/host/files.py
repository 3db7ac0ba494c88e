"""A snapshot of customers' files, and of the host's list of releases."""
import json, os, subprocess
from base import Fault, at, last_lines, lock
from store import bounds, environment, summary, tagged

RELEASES = "/var/lib/etage/releases.jsonl"


def vanished(text):
    """Whether all that restic could not read is gone by now: a customer removed it meanwhile."""
    items = [json.loads(line).get("item", "") for line in text.splitlines() if line.startswith("{") and '"error"' in line]
    return bool(items) and not any(os.path.exists(item) for item in items if item) and all(items)


def run(settings):
    at("files", "reading the files")
    paths = [path for path in (settings["dataPath"] + "/uploads", RELEASES) if os.path.exists(path)]
    words = ["restic", *bounds(settings), "backup", "--json", "--host", settings["host"], "--tag", "files", "--exclude", ".rsync-partial", "--exclude", ".import-*", *paths]
    with lock("restic", shared=True, wait=6 * 3600):
        done = subprocess.run(words, text=True, capture_output=True, env=environment())
    # 3: a snapshot was made, but not everything could be read.
    if done.returncode not in (0, 3) or (done.returncode == 3 and not vanished(done.stderr + done.stdout)):
        raise Fault(f"snapshot of the files: {last_lines(done.stderr)}")
    told = summary(done.stdout)
    label = tagged(settings, told["snapshot_id"], f"files,count={told['total_files_processed']},bytes={told['total_bytes_processed']}", "noting what is in the snapshot")
    return {"label": label, "bytes": told["data_added"], "detail": f"{told['total_files_processed']} files, {told['files_new']} new"}
