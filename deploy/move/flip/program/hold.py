"""The hold: from the moment in which the customer's requests wait to the one in which the new host answers them."""


class Hold:
    def __init__(self, given, sides, marks, files, notes):
        self.given, self.sides, self.marks, self.files, self.notes = given, sides, marks, files, notes
        self.parts, self.carried, self.began, self.at = {}, 0, time.monotonic(), now()

    def part(self, name, since):
        self.parts[name] = round((time.monotonic() - since) * 1000, 2)
        return time.monotonic()

    def milliseconds(self):
        return round((time.monotonic() - self.began) * 1000, 2)

    def run(self):
        """Returns what both sides said. @raises Fault when anything is wrong; then `let_go` has to follow."""
        given, said, route = self.given, self.given["statements"], self.given["route"]
        proxy, room, old, new, spare = self.sides.proxy(), self.sides.room(), self.sides.old(), self.sides.next(), self.sides.old("snapshot")
        mark = self.marks.next()
        # Lasting before anybody waits: should the power go in between, this host knows on its return what to undo.
        self.notes.phase("holding", now())
        self.at = now()
        self.began = time.monotonic()
        deadline = self.began + given["limitMilliseconds"] / 1000
        first = lead(proxy, route, route["room"])
        proxy.wait(first, deadline)
        at = self.part("drain", self.began)
        old.send(round_of(said["seal"], mark))
        new.send(round_of(said["settle"], mark))
        opening = room.deploy(route["service"], route["next"], route)
        if self.files:
            self.carried = self.files.carry(deadline)
            self.part("files", at)
        sealed = old.wait(deadline)
        at = self.part("seal", at)
        if given["keepSnapshotsSeconds"]:
            spare.send(said["snapshot"])
        settled = new.wait(deadline)
        if not settled["arrived"]:
            raise Fault("the last changes did not arrive on the new side in time")
        if not settled["equal"]:
            differing = ", ".join(f"{each['table']} {json.dumps(each['key'])}" for each in settled["differing"])
            raise Fault(f"the new side differs: {differing}")
        kept = spare.wait(deadline) if given["keepSnapshotsSeconds"] else None
        at = self.part("settle", at)
        room.wait(opening, deadline)
        at = self.part("open", at)
        left(deadline)
        resumed = room.resume(route["service"])
        room.wait(resumed, deadline)
        self.part("resume", at)
        self.total = self.milliseconds()
        self.notes.phase("leaving", self.at)
        return {"keys": sealed["keys"], "snapshots": {"old": kept["snapshot"], "next": settled["snapshot"]} if kept else None}


def leave_old(sides, given, patience=35):
    """The new host answers: the old side takes no more, and the customer's route leads past the room, whose requests are waited for."""
    route, proxy, deadline = given["route"], sides.proxy(), time.monotonic() + patience
    sides.old().ask(given["statements"]["leave"], deadline)
    proxy.wait(lead(proxy, route, route["next"]), deadline)
    lead_streams(proxy, route, route["next"], deadline)
    try:
        room = sides.room()
        room.wait(room.remove(route["service"]), deadline)
    except (Fault, OSError):
        pass  # without it the room is only a little larger
