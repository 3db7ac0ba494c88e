"""
Lets go of a hold that did not come to its end: on the old side, or, when the new host answers already, on the new one. The
room alone decides: once it was resumed, requests are at the new host and nothing may go back. Each act may be done twice.
"""


# What the notes call a customer for whom something is left to do: waiting; on the way back; answered by the new host, by way of the room.
HELD = (["holding"], ["returning"], ["leaving"])


def end_sessions(session, label, deadline):
    """Ends what another program's sessions may still be doing, a seal that waits for a transaction above all."""
    session.ask(f"select json_build_object('ended', count(pg_terminate_backend(pid, 3000))) from pg_stat_activity where application_name = '{label}' and pid <> pg_backend_pid();\n", deadline)


def reached(sides, route):
    """Whether the new host answers the customer's requests."""
    try:
        found = sides.room().state(route["service"])
    except (Fault, OSError):
        return False  # no room, so nobody came through it
    return found is not None and not found[0] and found[1] == [route["next"]]


def let_go(given, sides, flip_label, answered=False):
    """
    `moved` or `returned`, and when the customer's requests went on (milliseconds since 1970). `answered`: the flip noted
    that the new host answers. The sessions in `sides` must not be the flip's. @raises Fault, OSError: ask again.
    """
    route, said, deadline = given["route"], given["statements"], time.monotonic() + 20
    if answered or reached(sides, route):
        released = now()
        leave_old(sides, given)
        return "moved", released
    old = sides.old()
    end_sessions(old, flip_label, deadline)
    old.ask(said["unseal"], deadline)
    try:
        room = sides.room()
        room.wait(room.deploy(route["service"], route["old"], route), deadline)
        room.wait(room.resume(route["service"]), deadline)
    except (Fault, OSError):
        sides.drop("room")  # gone: nobody waits there
    released = now()
    for _ in range(5):
        proxy = sides.proxy()
        proxy.wait(lead(proxy, route, route["old"]), time.monotonic() + 35)
        # A swap into the room that was asked for before may come only now; nobody waits there any more.
        time.sleep(HEALTHY / 1000 + 0.1)
        if proxy.state(route["service"])[1] == [route["old"]]:
            return "returned", released
    raise Fault("the customer's route does not stay where it is put")


def close_next(given, sides, flip_label):
    """The new side refuses the customer's writes again, when it can be reached: nothing leads there any more, so this waits for nobody. Whether it does."""
    try:
        new, deadline = sides.next(), time.monotonic() + 8
        end_sessions(new, flip_label, deadline)
        new.ask(given["statements"]["close"], deadline)
        return True
    except (Fault, OSError):
        sides.drop("next main")
        return False


def said_already(given, notes):
    return f'"attempt": "{given["attempt"]}"' in notes.read("verdict.json")


def watch_over(given, notes):
    """The watchdog: waits until the hold is over, and lets go when the flip died in it or takes too long."""
    sides = Sides(given, f"{given['label']} undo")
    (pid, started), flip = (notes.read("armed").split() + ["", ""])[:2], None
    try:
        flip = os.pidfd_open(int(pid)) if started == boot() else None
        sides.proxy(), sides.room(), sides.old()
    except (OSError, Fault):
        pass  # after a restart of the host: everything is opened when it is needed
    notes.write("watching", str(os.getpid()))
    patience = given["limitMilliseconds"] * 2 + 500
    while flip is not None:
        gone, _, _ = select.select([flip], [], [], 0.02)
        words = notes.read("phase").split()
        late = words[:1] == ["holding"] and now() - float(words[2]) > patience
        if late and not gone:
            os.kill(int(words[1]), 9)
            select.select([flip], [], [], 5)
        if gone or late:
            break
    words = notes.read("phase").split()
    if words[:1] not in HELD:
        return
    reason = "the flip died in the hold" if flip is None or gone else "the flip did not end in time"
    while True:
        try:
            outcome, released = let_go(given, sides, f"{given['label']} flip", answered=words[0] == "leaving")
            break
        except (Fault, OSError, ValueError) as error:
            sides.drop()
            notes.write("undo.log", f"{time.time()} {error}\n")
            time.sleep(0.2)
    milliseconds = round(released - float(words[2]), 2)
    if words[0] == "leaving" and said_already(given, notes):
        pass  # the flip had told everything but the end
    elif outcome == "moved":
        notes.verdict({"verdict": "moved", "attempt": given["attempt"], "milliseconds": milliseconds, "parts": {}, "keys": 0, "files": 0, "at": float(words[2]), "snapshots": None, "figures": None, "by": "watchdog"})
    else:
        notes.verdict({"verdict": "returned", "attempt": given["attempt"], "milliseconds": milliseconds, "parts": {}, "reason": reason, "by": "watchdog"})
    notes.phase("resting")
    if outcome == "returned":
        close_next(given, sides, f"{given['label']} flip")
