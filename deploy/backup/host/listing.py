"""Every backup that the store has of this host, or of one customer."""
from datetime import datetime
from store import backups, noted, snapshots


def seconds(text):
    """Of restic's times, which have nine digits behind the second."""
    return datetime.fromisoformat(text[:19] + "+00:00").timestamp() if text.endswith("Z") else datetime.fromisoformat(text[:19] + text[-6:]).timestamp()


def of_snapshot(snapshot):
    tags = noted(snapshot)
    kind = "customers" if "customer" in tags else "files" if "files" in (snapshot.get("tags") or []) else None
    if kind is None:
        return []
    return [{"kind": kind, "at": seconds(snapshot["time"]), "label": snapshot["short_id"], "customer": tags.get("customer"), "bytes": int(tags["bytes"]) if "bytes" in tags else None,
             "rows": int(tags["rows"]) if "rows" in tags else None, "files": int(tags.get("files") or tags.get("count") or 0), "type": None, "error": False}]


def of_backup(backup):
    return {"kind": "database", "at": backup["timestamp"]["stop"], "label": backup["label"], "customer": None, "bytes": backup["info"]["repository"]["delta"],
            "rows": None, "files": None, "type": backup["type"], "error": bool(backup.get("error"))}


def everything(settings, slug=None):
    """Newest first; times in seconds since 1970."""
    if slug is not None:
        found = [each for snapshot in snapshots(settings, f"customer={slug}") for each in of_snapshot(snapshot)]
    else:
        found = [of_backup(backup) for backup in backups(settings)[0]] + [each for snapshot in snapshots(settings) for each in of_snapshot(snapshot)]
    return sorted(found, key=lambda each: -each["at"])
