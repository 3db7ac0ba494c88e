"""Standing psql sessions: the program of the database's own container, started in its file system and network, with our pipes."""
import fcntl
import select

DONE = "--etage-done--"


class Session:
    """`connection`: psql's arguments that say where to. `label`: application_name, by which what is left of a session is ended."""

    def __init__(self, container, connection, label, begin=""):
        asked = subprocess.run(["docker", "inspect", "--format", "{{.State.Pid}}", container], capture_output=True, text=True)
        pid = asked.stdout.strip()
        if asked.returncode != 0 or pid in ("", "0"):
            raise Fault(f"{container} does not run")
        with open(f"/proc/{pid}/environ", "rb") as file:
            variables = dict(each.split("=", 1) for each in file.read().decode().split("\0") if "=" in each)
        self.label, self.rest, self.name = label, "", " ".join(connection)
        self.process = subprocess.Popen(
            ["nsenter", "--target", pid, "--mount", "--net", "--pid", "psql", "-X", "-q", "-A", "-t", *connection],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0, start_new_session=True,
            env={"PATH": variables.get("PATH", "/usr/local/bin:/usr/bin:/bin"), "PGAPPNAME": label, "PGCONNECT_TIMEOUT": "5"},
        )
        for stream in (self.process.stdout, self.process.stderr):
            fcntl.fcntl(stream, fcntl.F_SETFL, fcntl.fcntl(stream, fcntl.F_GETFL) | os.O_NONBLOCK)
        self.ask(f"{begin}set application_name = '{label}';\n", time.monotonic() + 10)

    def send(self, text):
        try:
            self.process.stdin.write(f"{text}\\echo\n\\echo {DONE} :ERROR :SQLSTATE\n".encode())
        except OSError:
            raise Fault(f"the session of {self.label} ended: {self.words()}") from None

    def wait(self, deadline):
        """The JSON of the text that was sent; None when it printed nothing. @raises Fault"""
        while True:
            head, mark, tail = self.rest.partition(DONE)
            if mark and "\n" in tail:
                state, self.rest = tail.split("\n", 1)
                error, code = state.split()
                if error == "true":
                    raise Fault(f"{code}: {self.words() or 'the database refused'}")
                lines = [line for line in head.split("\n") if line.startswith("{")]
                return json.loads(lines[-1]) if lines else None
            ready, _, _ = select.select([self.process.stdout], [], [], left(deadline))
            if not ready:
                raise Fault("the database took too long")
            data = self.process.stdout.read(65536)
            if data == b"":
                raise Fault(f"the session of {self.label} ended: {self.words()}")
            self.rest += (data or b"").decode()

    def ask(self, text, deadline):
        self.send(text)
        return self.wait(deadline)

    def words(self):
        """What psql complained about since it was last asked."""
        time.sleep(0.005)
        said = (self.process.stderr.read(65536) or b"").decode()
        return " ".join(line.strip() for line in said.split("\n") if line.strip())[:400]

    def close(self):
        os.killpg(self.process.pid, 9)  # nsenter has a child
        self.process.wait()
