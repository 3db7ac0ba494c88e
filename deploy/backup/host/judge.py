"""Whether a host's backups are well. Pure: what was found in, what is wrong out."""
import itertools

KINDS = {"database": "the database", "files": "the files", "customers": "the customers' exports", "verify": "the proof"}
# As long as a store may be away before people are called, besides the time that a change may wait by itself.
WAL_PATIENCE = 60
LEAST_FREE = 0.1
LONGEST_RUN = 24 * 3600
AGAIN_AFTER = 1800


def newest(records, kind, ok=None):
    found = [each for each in records if each.get("kind") == kind and (ok is None or each.get("ok") == ok)]
    return found[-1] if found else None


def age(seconds):
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size or (unit == "min" and seconds >= size):
            return f"{int(seconds // size)} {unit}"
    return f"{max(0, int(seconds))} s"


def wrong(found):
    """
    `found`: now, records, timers {kind: {last, began, active, running}} in epoch seconds, wal {lag, failing, dropped, service},
    walSeconds, store (a fault or None), disks [{path, share}], proofDays.
    """
    faults = []
    if found["store"]:
        faults.append(f"store: {found['store']}")
    wal = found["wal"]
    if wal.get("fault"):
        faults.append(f"wal: {wal['fault']}")
    else:
        if not wal["service"]:
            faults.append("wal: etage-backup-wal.service does not run, so what is written waits until a segment is full")
        if wal["lag"] > WAL_PATIENCE + found["walSeconds"]:
            faults.append(f"wal: what was written {age(wal['lag'])} ago is not in the store yet")
        if wal["dropped"]:
            faults.append(f"wal: segments are missing in the store, {wal['dropped']} (the queue was full while it was away); the next backup of the database begins a new chain")
    for disk in found["disks"]:
        if disk["share"] < LEAST_FREE:
            faults.append(f"disk: {disk['path']} has {disk['share'] * 100:.0f}% free")
    for kind, name in KINDS.items():
        faults += of_kind(found, kind, name)
    return faults


def of_kind(found, kind, name):
    last, good, timer = newest(found["records"], kind), newest(found["records"], kind, True), found["timers"].get(kind)
    now = found["now"]
    if timer is None or not timer["active"]:
        return [f"{kind}: its timer does not run"]
    if last and not last["ok"]:
        return [f"{kind}: {last.get('detail') or 'failed'} ({age(now - last['at'])} ago; the last good one: {age(now - good['at']) + ' ago' if good else 'never'})"]
    if timer["running"]:
        return [f"{kind}: has been running for {age(now - timer['running'])}"] if now - timer["running"] > LONGEST_RUN else []
    # By the timer, which knows it after a restart of the host, too, and is a moment ahead; or by hand.
    due = timer["last"] if timer["last"] and now - timer["last"] > 30 else 0
    started = max(due, timer.get("began") or 0)
    if started and (not last or last["at"] < started - 5):
        return [f"{kind}: the run of {age(now - started)} ago left no word"]
    if not good:
        # A proof comes with its first turn; all else was begun when the host was set up.
        young = kind == "verify" and now - min((each["at"] for each in found["records"]), default=now) <= found["proofDays"] * 86_400
        return [] if young else [f"{kind}: there is none yet"]
    if kind == "verify" and now - good["at"] > found["proofDays"] * 86_400:
        return [f"verify: {name} is {age(now - good['at'])} old; hosting.yaml wants it within {found['proofDays']:g} days"]
    return []


def patience(records, kind):
    """Twice as long after each failure in a row: what is broken for good is not tried every half an hour."""
    failed = list(itertools.takewhile(lambda each: not each["ok"], (each for each in reversed(records) if each.get("kind") == kind)))
    return AGAIN_AFTER * 2 ** (len(failed) - 1)


def due(found):
    """Kinds to begin now, besides their timers: what failed, since the store may be back long before the next turn; the first proof, once there is all that it needs."""
    last = {kind: newest(found["records"], kind) for kind in KINDS}
    made = [newest(found["records"], kind, True) for kind in KINDS if kind != "verify"]
    begun = [kind for kind, each in last.items() if kind != "verify" and each and not each["ok"] and found["now"] - each["at"] - each["seconds"] > patience(found["records"], kind)]
    # Where nobody was exported there is nobody to prove it with.
    if not last["verify"] and all(made) and newest(found["records"], "customers", True)["bytes"]:
        begun.append("verify")
    return [kind for kind in begun if (timer := found["timers"].get(kind)) and timer["active"] and not timer["running"]]
