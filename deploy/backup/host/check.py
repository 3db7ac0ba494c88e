"""Looks at everything that could keep a backup from happening or from being restored, every few minutes, and says it outside."""
import json, os, shutil, subprocess, time
from base import KINDS, Fault, STATE, records, run, write
from chain import recent_gaps
from heartbeat import ping
from judge import due, newest, wrong
from postgres import psql
from store import answers, backups

FOUND = STATE + "/state.json"

WAL = """
select coalesce((select extract(epoch from now() - min(modification)) from pg_ls_archive_statusdir() where name like '%.ready'), 0),
  coalesce(last_archived_wal, ''), coalesce(extract(epoch from last_archived_time), 0), coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false)
from pg_stat_archiver
"""


def wal(settings, stored):
    """`dropped`: PostgreSQL was told of this segment that it is safe, and the store has not come so far."""
    try:
        lag, last, at, failing = psql(settings, WAL, timeout=30).split("|")
    except Fault as fault:
        return {"fault": str(fault)}
    behind = bool(last) and len(last) == 24 and stored is not None and all(archive["max"] < last for archive in stored) and time.time() - float(at) > 30
    service = subprocess.run(["systemctl", "is-active", "--quiet", "etage-backup-wal.service"]).returncode == 0
    return {"lag": round(float(lag), 1), "failing": failing == "t", "dropped": f"up to {last}" if behind else None, "service": service, "last": last}


def timers():
    """Of each kind: when it began last and will next, and since when it runs."""
    listed = json.loads(run(["systemctl", "list-timers", "--all", "--output=json", "etage-backup-*"], "the timers", timeout=30))
    by_unit = {each["unit"]: each for each in listed}
    found = {}
    for kind in KINDS:
        timer = by_unit.get(f"etage-backup-{kind}.timer")
        if timer is None:
            continue
        told = run(["systemctl", "show", f"etage-backup-{kind}.service", "--property=ActiveState,ExecMainStartTimestamp", "--timestamp=unix"], "the services", timeout=30)
        shown = dict(line.split("=", 1) for line in told.splitlines())
        began = shown.get("ExecMainStartTimestamp", "").lstrip("@")
        found[kind] = {
            "active": timer["next"] not in (None, 0), "next": int(timer["next"] or 0) / 1e6 or None, "last": int(timer["last"] or 0) / 1e6 or None,
            "began": float(began) if began else None, "running": float(began) if shown.get("ActiveState") == "activating" and began else None,
        }
    return found


def disk(path):
    try:
        total, _, free = shutil.disk_usage(path)
        return [{"path": path, "share": free / total}]
    except FileNotFoundError:
        return []


def look(settings):
    """What there is to judge, and the judgement."""
    fault, stored, missing, history, lost = None, None, [], records(), False
    try:
        answers(settings)
        known, stored, _ = backups(settings, timeout=60)
        missing = recent_gaps(settings, known, stored)
        made = newest(history, "database", True)
        lost = made is not None and all(each["label"] != made["label"] for each in known)
        if lost:
            fault = f"the newest backup of the database, {made['label']}, is not in it"
    except Fault as found:
        fault, known = str(found), []
    shipped = wal(settings, stored)
    if missing and "dropped" in shipped:
        shipped["dropped"] = missing[0]
    paths = [settings["dataPath"], "/", *([settings["store"]] if settings.get("store") else [])]
    found = {
        "now": time.time(), "records": history, "timers": timers(), "wal": shipped, "walSeconds": settings["walSeconds"],
        "store": fault, "disks": [each for path in paths for each in disk(path)], "proofDays": settings["proofMaxAgeDays"],
    }
    return {
        "at": found["now"], "wrong": wrong(found), "due": due(found), "wal": found["wal"], "disks": found["disks"], "timers": found["timers"],
        "newest": {kind: newest(history, kind, True) for kind in KINDS}, "last": {kind: newest(history, kind) for kind in KINDS},
        "lost": lost, "bytes": sum(each["info"]["repository"]["delta"] for each in known if not each.get("error")),
    }


def run_check(settings):
    told = look(settings)
    try:
        write(FOUND, json.dumps(told))
    except OSError as error:
        told["wrong"].append(f"disk: {STATE} can't be written: {error.strerror}")
    begun = set(told["due"])
    if told["lost"] or (told["wal"].get("dropped") and not any(fault.startswith("store:") for fault in told["wrong"])):
        # No time can be gone back to from here on until there is a backup that is younger.
        begun.add("database")
    if begun:
        subprocess.run(["systemctl", "start", "--no-block", *(f"etage-backup-{kind}.service" for kind in sorted(begun))])
    ping(settings, "check", not told["wrong"], "\n".join(told["wrong"]))
    return told
