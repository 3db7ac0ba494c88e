"""What the flip and its undo both work with: the two proxies, the two databases, the notes in the move's folder."""


def now():
    return time.time() * 1000


def tell(line):
    """Whoever listens may be gone; that stops nothing."""
    try:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
    except (OSError, ValueError):
        pass


class Sides:
    """Connections that are opened once and used again; a broken one is replaced by the next who asks."""

    def __init__(self, given, label):
        self.given, self.label, self.open = given, label, {}

    def get(self, name, make):
        if name not in self.open:
            self.open[name] = make()
        return self.open[name]

    def drop(self, *names):
        for name in names or list(self.open):
            each = self.open.pop(name, None)
            if each is not None:
                each.close()

    def proxy(self):
        return self.get("proxy", lambda: Proxy(self.given["proxy"]))

    def room(self):
        return self.get("room", lambda: Proxy(self.given["room"]))

    def old(self, part="main"):
        old = self.given["old"]
        return self.get(f"old {part}", lambda: Session(old["container"], ["-U", old["user"], "-d", old["database"]], self.label, self.given["statements"]["begin"]))

    def next(self, part="main"):
        return self.get(f"next {part}", lambda: Session(self.given["old"]["container"], [self.given["next"]["conninfo"]], self.label, self.given["statements"]["begin"]))


class Notes:
    """The move's folder on this host."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text, lasting=False):
        """Whole or not at all. `lasting`: also after the power went."""
        beside = self.path(f"{name}.new")
        with open(beside, "w", encoding="utf8") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(text)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        os.rename(beside, self.path(name))

    def read(self, name):
        try:
            with open(self.path(name), encoding="utf8") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def remove(self, name):
        try:
            os.unlink(self.path(name))
        except FileNotFoundError:
            pass

    def phase(self, word, began=None):
        """`resting`, or `holding`, `returning`, `leaving`, with the flip's process and when the hold began (milliseconds since 1970)."""
        self.write("phase", word if began is None else f"{word} {os.getpid()} {began}", lasting=True)

    def verdict(self, said):
        """For who asks later; who asks now is told even when the disk is full."""
        try:
            self.write("verdict.json", json.dumps(said), lasting=True)
        except OSError:
            pass


# Milliseconds for a target to be found healthy. While a call waits for that it may still swap a route, also after its caller has died.
HEALTHY = 1000


def lead(proxy, route, target):
    """Begins to lead the customer's requests, on the host's proxy, to a target; the call's number. Streams stay where they are (lead_streams)."""
    return proxy.deploy(route["service"], target, route, outside=True, patience=HEALTHY)


def lead_streams(proxy, route, target, deadline):
    """
    New streams go to a target. A service that is led elsewhere cuts those that are open: it is taken away and made anew, and
    the app ends them where they are.
    """
    streams = route["streams"]
    if not streams:
        return
    if proxy.state(streams["service"]) is not None:
        proxy.wait(proxy.remove(streams["service"]), deadline)
    proxy.wait(proxy.deploy(streams["service"], target, route, outside=True, drain=0, paths=streams["paths"], patience=HEALTHY), deadline)
