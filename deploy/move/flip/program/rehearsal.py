"""Everything but the hold, again and again: it warms what the hold will use, and shows whether the hold would be short."""
import statistics


# Changes that a hold compares in passing. Under load there are always some that came since the last marker.
FEW = 500


class NotReady(Exception):
    """Nobody was held."""


class Marks:
    """Larger each time."""

    def __init__(self):
        self.last = int(now())

    def next(self):
        self.last = max(self.last + 1, int(now()))
        return str(self.last)


def figures(values):
    return {"median": round(statistics.median(values), 2), "worst": round(max(values), 2)} if values else {"median": 0, "worst": 0}


def round_of(text, mark):
    return text.replace(":mark", mark)


class Rehearsal:
    def __init__(self, given, sides, marks, files):
        self.given, self.sides, self.marks, self.files = given, sides, marks, files
        self.times = {"tick": [], "check": [], "proxy": [], "back": []}
        self.rounds, self.calm = 0, 0

    def ready(self):
        """@raises NotReady with what is in the way."""
        asked = self.given["statements"]["ready"]
        old, new = (side.ask(asked, time.monotonic() + 20) for side in (self.sides.old(), self.sides.next()))
        if old["fence"] != "noting":
            raise NotReady(f"the old side's fence is {old['fence']}, not noting")
        if new["fence"] not in ("closed", "left"):
            raise NotReady(f"the new side's fence is {new['fence']}, not closed")
        if old["schema"] != new["schema"]:
            raise NotReady("the tables differ: a schema was changed since the move began")
        return new["differing"]

    def markers(self, tick_at, check_at):
        """One marker from a side to the other: (milliseconds of the tick, of the check, what the check found)."""
        said, mark, deadline = self.given["statements"], self.marks.next(), time.monotonic() + 20
        began = time.monotonic()
        tick_at.send(round_of(said["tick"], mark))
        check_at.send(round_of(said["check"], mark))
        ticked = tick_at.wait(deadline)
        between = time.monotonic()
        found = check_at.wait(deadline)
        return (between - began) * 1000, (time.monotonic() - began) * 1000, found, ticked

    def once(self):
        """A round; whether it agreed, and what did not."""
        route, room = self.given["route"], self.sides.room()
        tick, check, found, ticked = self.markers(self.sides.old(), self.sides.next())
        began = time.monotonic()
        deadline = began + 10
        if self.rounds % 5 == 0:
            self.trial(deadline)
            # The room is empty and paused: where it leads now nobody notices, and the way to the new host is tried.
            room.wait(room.deploy(route["service"], route["next"], route), deadline)
            room.wait(room.deploy(route["service"], route["old"], route), deadline)
        room.wait(room.pause(route["service"], self.given["patienceMilliseconds"]), deadline)
        proxy = (time.monotonic() - began) * 1000
        if self.files:
            self.files.carry(time.monotonic() + 60)
        for name, value in (("tick", tick), ("check", check), ("proxy", proxy)):
            self.times[name].append(value)
        self.rounds += 1
        if not found["arrived"]:
            return False, "changes do not arrive on the new side in time"
        if found["differing"]:
            return False, f"{found['differing']} rows differ on the new side"
        if ticked["left"] > FEW:
            return False, f"{ticked['left']} changes are not compared yet"
        return check <= self.given["rehearsal"]["calmMilliseconds"], f"a marker took {round(check)} ms to the new side"

    def trial(self, deadline):
        """The way from the proxy into the room, with a name that nobody has."""
        route, proxy = self.given["route"], self.sides.proxy()
        service = f"trial-{self.given['slug']}"
        proxy.wait(proxy.deploy(service, route["room"], {**route, "hosts": [f"{service}.internal"]}, asked=route["hosts"][0]), deadline)
        proxy.wait(proxy.remove(service), deadline)

    def back(self):
        """The way back must work before anybody leaves."""
        _, took, found, _ = self.markers(self.sides.next(), self.sides.old())
        self.times["back"].append(took)
        if not found["arrived"]:
            raise NotReady("the way back does not work: a marker from the new side did not arrive on the old one")

    def play(self):
        """Until the last rounds were calm. @raises NotReady"""
        wanted = self.given["rehearsal"]
        reason = "no round was played"
        self.ready()
        while self.rounds < wanted["most"] and (self.rounds < wanted["least"] or self.calm < wanted["calm"]):
            if self.rounds % 10 == 0:
                self.back()
            good, said = self.once()
            self.calm, reason = (self.calm + 1, reason) if good else (0, said)
            time.sleep(wanted["pauseMilliseconds"] / 1000)
        if self.calm < wanted["calm"]:
            raise NotReady(reason)
        differing = self.ready()
        if differing:
            raise NotReady(f"{differing} rows differ on the new side")

    def figures(self):
        return {"rounds": self.rounds, "calm": self.calm, **{name: figures(values) for name, values in self.times.items()}}


class Files:
    """The customer's files: watched, and brought over as they change."""

    def __init__(self, given):
        self.watch, self.courier, self.count = Watch(given["root"], given["folders"]), Courier(given), 0
        # What came before the watch: a last pass of everything.
        if given["pass"]:
            done = subprocess.run(given["pass"], capture_output=True, text=True)
            if done.returncode != 0:
                raise NotReady(f"files could not be copied: {done.stderr.strip()[-300:]}")
            self.courier.sync(time.monotonic() + 120)

    def carry(self, deadline):
        """How many went."""
        paths = self.watch.take()
        if paths:
            self.courier.carry(paths, deadline)
            self.count += len(paths)
        return len(paths)

    def close(self):
        self.courier.close()
