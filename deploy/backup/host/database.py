"""A backup of the whole database, and what was in it at a place of its WAL."""
import json, time
from base import Fault, at
from postgres import facts_at_lsn, shipped
from store import backups, pgbackrest, restic

DAY = 86_400


def backup_type(known, settings, now, wanted=None):
    """`full` when there is none, when the last full one is old, or when asked for."""
    fulls = [each for each in known if each["type"] == "full" and not each.get("error")]
    old = not fulls or now - fulls[-1]["timestamp"]["stop"] >= settings["fullDays"] * DAY - 3600
    return "full" if old or wanted == "full" else "incr"


def run(settings, wanted=None):
    at("database", "asking the store")
    known, _, exists = backups(settings)
    if not exists:
        pgbackrest(settings, "stanza-create", what="making the place for backups", timeout=600)
    type = backup_type(known, settings, time.time(), wanted)
    at("database", f"{type} backup")
    pgbackrest(settings, f"--type={type}", "backup", what="backup of the database")
    newest = backups(settings)[0][-1]
    if newest.get("error"):
        raise Fault(f"backup {newest['label']} was made, but pages of the database have wrong checksums: its disk is damaged")
    at("database", "counting what is in it")
    detail = note = None
    try:
        note = facts_at_lsn(settings)
        shipped(settings, note["lsn"])
        restic(settings, "backup", "--json", "--host", settings["host"], "--stdin", "--stdin-filename", "database-facts.json",
               "--tag", f"database-facts,backup={newest['label']}", what="keeping what was counted", input=json.dumps({"label": newest["label"], **note}), timeout=3600)
        detail = f"{newest['type']}, {len(note['tables'])} tables, {sum(table['rows'] for table in note['tables'].values())} rows"
    except Fault as fault:
        # The backup is there; what is missing is what to hold a restore of it against.
        raise Fault(f"backup {newest['label']} was made, but not what to prove it by: {fault}")
    return {"label": newest["label"], "bytes": newest["info"]["repository"]["delta"], "detail": detail}
