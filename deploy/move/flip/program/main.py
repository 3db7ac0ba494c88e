"""Begins here: as the flip, told by its standard input, or as the watchdog, told by the notes."""
import gc
import signal
import sys

UNIT = """[Unit]
Description=Lets go of a hold whose flip died
After=docker.service
StartLimitIntervalSec=0
[Service]
ExecStart=/usr/bin/env python3 {path}
Restart=on-failure
RestartSec=1
[Install]
WantedBy=multi-user.target
"""
WATCHDOG = "import json\nwith open({given!r}, encoding='utf8') as file: GIVEN = json.load(file)\nGIVEN['do'] = 'watch'\nexec(compile(GIVEN['program'], 'flip', 'exec'), {{'__name__': 'flip', 'GIVEN': GIVEN}})\n"


def boot():
    """Which start of the host this is: a process of an earlier one is gone, whoever has its number now."""
    with open("/proc/sys/kernel/random/boot_id", encoding="utf8") as file:
        return file.read().strip()


def arm(given, notes):
    """Starts the watchdog as a service of the host, which a restart brings back, and waits until it stands ready."""
    notes.write("given.json", json.dumps(given))
    notes.write("watchdog.py", WATCHDOG.format(given=notes.path("given.json")), lasting=True)
    notes.write("armed", f"{os.getpid()} {boot()}")
    notes.write("watching", "")
    if os.path.isdir("/run/systemd/system"):
        unit = given["watchdog"]
        with open(f"/etc/systemd/system/{unit}", "w", encoding="utf8") as file:
            file.write(UNIT.format(path=notes.path("watchdog.py")))
        for words in (["daemon-reload"], ["enable", "--quiet", unit], ["restart", unit]):
            subprocess.run(["systemctl", *words], check=True, capture_output=True)
    else:
        subprocess.Popen([sys.executable, notes.path("watchdog.py")], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 15
    while not notes.read("watching"):
        if time.monotonic() > deadline:
            raise NotReady("the watchdog does not start")
        time.sleep(0.02)


def keep_snapshots(given, sides, notes):
    """A child goes on with the two sessions whose transactions keep the snapshots, until they are not needed or the time is over."""
    if os.fork():
        return
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    over = time.monotonic() + given["keepSnapshotsSeconds"]
    while time.monotonic() < over and not os.path.exists(notes.path("snapshots.done")):
        time.sleep(0.5)
    sides.drop()
    os._exit(0)


def try_hold(given, sides, marks, files, notes, rehearsal):
    hold = Hold(given, sides, marks, files, notes)
    undo = Sides(given, f"{given['label']} undo")
    undo.old(), undo.next(), undo.proxy(), undo.room()  # stand ready
    gc.collect()
    gc.disable()
    said = {"attempt": given["attempt"], "parts": hold.parts, "by": "flip"}
    try:
        found = hold.run()
    except Exception as error:
        said.update(give_up(given, undo, hold, error))
    else:
        said.update({"verdict": "moved", "milliseconds": hold.total, "keys": found["keys"], "snapshots": found["snapshots"]})
    if said["verdict"] == "moved":
        said.update({"files": hold.carried, "at": hold.at, "figures": rehearsal.figures()})
    notes.verdict(said)
    if said["verdict"] == "moved":
        try:
            leave_old(undo, given)
        except (Fault, OSError):
            return said  # the room leads to the new host meanwhile; the watchdog goes on with it
    notes.phase("resting")
    return said


def give_up(given, undo, hold, error):
    """Lets everybody go on the old side; the verdict's part of it."""
    try:
        hold.notes.phase("returning", hold.at)
    except OSError:
        pass  # a full disk keeps nobody waiting
    # The flip's own connections may be in the middle of an answer; nobody waits for those any more.
    outcome, released = let_go(given, undo, f"{given['label']} flip")
    took = round(released - hold.at, 2)
    if outcome == "moved":
        return {"verdict": "moved", "milliseconds": took, "keys": 0, "snapshots": None}
    reason = str(error) or repr(error)
    if not close_next(given, undo, f"{given['label']} flip"):
        reason += "; the new side could not be closed"
    return {"verdict": "returned", "milliseconds": took, "reason": reason}


def flip(given):
    notes = Notes(given["folder"])
    lock = open(notes.path("flip.lock"), "a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return {"verdict": "refused", "attempt": given["attempt"], "reason": "another flip of this customer is going on"}
    if notes.read("phase").split()[:1] in HELD:
        return {"verdict": "refused", "attempt": given["attempt"], "reason": "a hold of this customer is being undone"}
    sides, marks, files = Sides(given, f"{given['label']} flip"), Marks(), None
    rehearsal = None
    try:
        if given["files"]:
            files = Files(given["files"])
        rehearsal = Rehearsal(given, sides, marks, files)
        sides.old("snapshot"), sides.proxy()
        rehearsal.play()
        tell({"at": now(), "part": "rehearsed", "detail": rehearsal.figures()})
        if given["mode"] == "rehearse":
            return {"verdict": "rehearsed", "attempt": given["attempt"], "reason": None, "figures": rehearsal.figures()}
        notes.remove("snapshots.done")
        arm(given, notes)
        rehearsal.calm = 0
        given["rehearsal"] = {**given["rehearsal"], "least": 0, "most": rehearsal.rounds + given["rehearsal"]["most"]}
        rehearsal.play()
    except (NotReady, Fault, OSError, ValueError) as error:
        if given["mode"] == "rehearse":
            return {"verdict": "rehearsed", "attempt": given["attempt"], "reason": str(error) or repr(error), "figures": rehearsal.figures() if rehearsal and rehearsal.rounds else None}
        return {"verdict": "refused", "attempt": given["attempt"], "reason": str(error) or repr(error)}
    said = try_hold(given, sides, marks, files, notes, rehearsal)
    if files:
        files.close()
    if said.get("snapshots"):
        lock.close()
        keep_snapshots(given, sides, notes)
    return said


def main(given):
    for each in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_IGN)  # whoever wants it to end lets it come to its own end, which is near
    notes = Notes(given["folder"])
    if given["do"] == "watch":
        watch_over(given, notes)
        return
    verdict = flip(given)
    tell(verdict)


main(GIVEN)
