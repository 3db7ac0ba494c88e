"""A host's backups: `python3 FOLDER KIND`. Units of systemd run it; so do operators, through them."""
import json, os, sys, time
import base
from base import Fault, KINDS, lock, record, settings, write
import check, customers, database, files, heartbeat, listing, scratch, store, verify, wal, wipe


def asked():
    """`full`, when an operator wants a whole backup of the database next."""
    path = base.STATE + "/ask/database"
    try:
        with open(path) as file:
            word = file.read().strip()
        os.unlink(path)
        return word
    except FileNotFoundError:
        return None


WORK = {"database": lambda given: database.run(given, asked()), "files": files.run, "customers": customers.run, "verify": verify.run}


def one(kind):
    """Every run leaves a line and a word outside, also one that failed in a way nobody thought of."""
    given, began = settings(), time.time()
    entry = {"kind": kind, "at": round(began), "ok": False, "seconds": 0, "bytes": 0, "label": None, "detail": ""}
    try:
        with lock(kind):
            # What is not there now would be waited for at each step; a proof names each by itself.
            if kind != "verify":
                store.answers(given)
            entry.update(WORK[kind](given))
            entry["ok"] = True
    except Fault as fault:
        entry["detail"] = str(fault)
    except Exception as error:
        entry["detail"] = f"{type(error).__name__}: {error}"
    entry["seconds"] = round(time.time() - began, 1)
    try:
        base.at(kind, "")
        record(entry)
    except OSError as error:
        # A full disk: the words outside are the only ones then.
        entry.update(ok=False, detail=f"{entry['detail']}; the outcome can't be noted: {error.strerror}")
    print(json.dumps(entry))
    heartbeat.ping(given, kind, entry["ok"], entry["detail"] or "")
    check.run_check(given)
    return 0 if entry["ok"] else 1


def main(words):
    if words[0] in KINDS:
        return one(words[0])
    if words[0] == "check":
        return 1 if check.run_check(settings())["wrong"] else 0
    try:
        return other(words)
    except (Fault, BrokenPipeError) as fault:
        print(fault, file=sys.stderr)
        return 1


def other(words):
    if words[0] == "wal":
        wal.run(settings())
    if words[0] == "status":
        print(json.dumps(check.look(settings())))
    if words[0] == "clear":
        scratch.clear(settings())
    if words[0] == "list":
        print(json.dumps(listing.everything(settings(), *words[1:2])))
    if words[0] == "forget":
        print(json.dumps({"removed": customers.forget(settings(), words[1])}))
    if words[0] == "wipe":
        print(json.dumps({"removed": wipe.run(settings())}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
