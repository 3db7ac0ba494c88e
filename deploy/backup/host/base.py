"""What all parts share: where things are, running programs, locks, telling how far a run is."""
import contextlib, fcntl, json, os, re, shlex, subprocess, tempfile, time

CONFIG = "/etc/etage/backup"
STATE = "/var/lib/etage/backup"
LOG = STATE + "/log.jsonl"
KINDS = ("database", "files", "customers", "verify")


class Fault(Exception):
    """What is wrong, in words for people."""


class Busy(Fault):
    """Another run has the lock."""


class Late(Fault):
    """A program did not end in its time."""


def settings():
    with open(CONFIG + "/settings.json") as file:
        return json.load(file)


def variables(name):
    """Lines NAME='value' of a file, as a shell reads them; {} when there is no such file."""
    try:
        with open(f"{CONFIG}/{name}") as file:
            return dict(word.split("=", 1) for word in shlex.split(file.read(), comments=True))
    except FileNotFoundError:
        return {}


# restic's: where in its own code a fault was found.
TRACE = re.compile(r"^(\t|\S+\.\S+$)")
RETRIED = re.compile(r"^.* returned error, retrying after \S+: ")


def last_lines(text, count=3):
    """Of what a program said, the end; what it tried again and again is told once."""
    lines = [RETRIED.sub("", line).strip() for line in text.splitlines() if not TRACE.match(line)]
    return "; ".join(list(dict.fromkeys(line for line in lines if line))[-count:])[:600]


def run(words, what, input=None, env=None, timeout=None, ok=(0,)):
    """Standard output. A failure names what it was for and the program's last words."""
    try:
        done = subprocess.run(words, input=input, env=env, timeout=timeout, text=True, errors="replace", capture_output=True)
    except subprocess.TimeoutExpired as late:
        said = last_lines((late.stderr or b"").decode(errors="replace"), 1)
        raise Late(f"{what}: no end after {timeout} s{f': {said}' if said else ''}")
    except FileNotFoundError:
        raise Fault(f"{what}: {words[0]} is not installed")
    if done.returncode not in ok:
        raise Fault(f"{what}: {last_lines(done.stderr) or last_lines(done.stdout) or f'exit code {done.returncode}'}")
    return done.stdout


def write(path, text, mode=0o644):
    """Whole or the old one."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=os.path.dirname(path), delete=False) as file:
        file.write(text)
        os.fchmod(file.fileno(), mode)
    os.replace(file.name, path)


def at(kind, text):
    """What a run is at; whoever waits for it reads that."""
    write(f"{STATE}/at/{kind}", text + "\n")


@contextlib.contextmanager
def lock(name, shared=False, wait=0):
    os.makedirs(STATE + "/lock", exist_ok=True)
    with open(f"{STATE}/lock/{name}", "a") as file:
        end = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= end:
                    raise Busy(f"another run has the lock {name}")
                time.sleep(0.5)
        yield


def record(entry):
    """One line a run; the last thousand stay."""
    os.makedirs(STATE, exist_ok=True)
    with lock("log", wait=30):
        lines = []
        if os.path.exists(LOG):
            with open(LOG) as file:
                lines = file.readlines()[-999:]
        write(LOG, "".join(lines) + json.dumps(entry) + "\n")


def records():
    """Newest last. A line that was cut off is left out."""
    found = []
    try:
        with open(LOG) as file:
            for line in file:
                with contextlib.suppress(ValueError):
                    found.append(json.loads(line))
    except FileNotFoundError:
        pass
    return found
