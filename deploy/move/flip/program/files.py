"""A customer's files in the last moments: what changed is told by the kernel and carried through a connection that stands already."""
import ctypes
import hashlib
import struct

CLOSE_WRITE, MOVED_FROM, MOVED_TO, CREATE, DELETE, OVERFLOW, IGNORED, IS_DIR = 0x8, 0x40, 0x80, 0x100, 0x200, 0x4000, 0x8000, 0x40000000


class Watch:
    """Notes paths below the folders that were written, moved or removed. A file counts when it is closed: one that is still being written belongs to a request that has not been answered."""

    def __init__(self, root, folders):
        self.root, self.folders, self.places, self.changed, self.lost = root, folders, {}, set(), False
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.file = self.libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self.file < 0:
            raise Fault("the kernel gives no watch on files")
        self.add("", CREATE | MOVED_TO)
        for folder in folders:
            self.enter(folder, note=False)

    def add(self, path, mask=CLOSE_WRITE | MOVED_FROM | MOVED_TO | CREATE | DELETE):
        place = self.libc.inotify_add_watch(self.file, os.path.join(self.root, path).encode(), ctypes.c_uint32(mask))
        if place >= 0:
            self.places[place] = path
        elif ctypes.get_errno() != 2:
            raise Fault(f"can't watch {path}: {os.strerror(ctypes.get_errno())}")

    def enter(self, path, note):
        """Watches a folder and those in it; files that are there already count as changed when it is new."""
        whole = os.path.join(self.root, path)
        if not os.path.isdir(whole):
            return
        self.add(path)
        for entry in os.scandir(whole):
            below = f"{path}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                self.enter(below, note)
            elif note:
                self.changed.add(below)

    def take(self):
        """Paths that changed since the last time, in the order of their names."""
        while True:
            try:
                data = os.read(self.file, 1 << 16)
            except BlockingIOError:
                break
            at = 0
            while at < len(data):
                place, mask, _, length = struct.unpack_from("iIII", data, at)
                name = data[at + 16: at + 16 + length].rstrip(b"\0").decode(errors="surrogateescape")
                at += 16 + length
                self.hear(place, mask, name)
        if self.lost:
            raise Fault("more files changed than the kernel can tell")
        found, self.changed = sorted(self.changed), set()
        return found

    def hear(self, place, mask, name):
        if mask & OVERFLOW:
            self.lost = True
        if mask & (OVERFLOW | IGNORED) or place not in self.places or ".rsync-partial" in name:
            return
        above = self.places[place]
        path = f"{above}/{name}" if above else name
        if not above and path not in self.folders:
            return
        if mask & IS_DIR:
            if mask & (CREATE | MOVED_TO):
                self.enter(path, note=True)
            elif mask & (MOVED_FROM | DELETE):
                self.lost = mask & MOVED_FROM != 0 or self.lost
        elif mask & (CLOSE_WRITE | MOVED_TO | MOVED_FROM | DELETE):
            self.changed.add(path)


class Courier:
    """The receiver on the other host; each file is read there as it was read here, by its checksum."""

    def __init__(self, given):
        self.root, self.rest = given["root"], b""
        self.process = subprocess.Popen(given["receiver"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0, start_new_session=True)
        fcntl.fcntl(self.process.stdin, fcntl.F_SETFL, fcntl.fcntl(self.process.stdin, fcntl.F_GETFL) | os.O_NONBLOCK)
        self.deadline = time.monotonic() + 15
        self.answer(self.deadline)

    def answer(self, deadline):
        while b"\n" not in self.rest:
            ready, _, _ = select.select([self.process.stdout], [], [], left(deadline))
            data = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            if not data:
                raise Fault(f"the other host takes no files: {(os.read(self.process.stderr.fileno(), 500) if self.process.poll() is not None else b'').decode().strip() or 'no answer in time'}")
            self.rest += data
        line, self.rest = self.rest.split(b"\n", 1)
        said = json.loads(line)
        if "fault" in said:
            raise Fault(f"the other host could not store {said['path']}: {said['fault']}")
        return said

    def carry(self, paths, deadline):
        """Brings these paths to what they are here: stored, or removed."""
        self.deadline = deadline
        # So many that their answers, which nobody reads meanwhile, find room in the pipe.
        for at in range(0, len(paths), 100):
            sums = [(path, self.offer(path)) for path in paths[at: at + 100]]
            for path, digest in sums:
                if self.answer(deadline)["sha256"] != digest:
                    raise Fault(f"{path} did not arrive as it was")

    def sync(self, deadline):
        """What other ways brought is on the disk there, too."""
        self.deadline = deadline
        self.write(b'{"do": "sync", "path": "."}\n')
        self.answer(deadline)

    def offer(self, path):
        try:
            file = open(os.path.join(self.root, path), "rb")
        except FileNotFoundError:
            self.write(json.dumps({"do": "remove", "path": path}).encode() + b"\n")
            return ""
        with file:
            about, digest = os.fstat(file.fileno()), hashlib.sha256()
            self.write(json.dumps({"do": "store", "path": path, "size": about.st_size, "mode": about.st_mode & 0o7777, "uid": about.st_uid, "gid": about.st_gid, "mtime": about.st_mtime_ns}).encode() + b"\n")
            rest = about.st_size
            while rest > 0:
                part = file.read(min(rest, 1 << 20))
                if not part:
                    raise Fault(f"{path} became shorter while it was read")
                rest -= len(part)
                digest.update(part)
                self.write(part)
            return digest.hexdigest()

    def write(self, data):
        view = memoryview(data)
        while view:
            _, ready, _ = select.select([], [self.process.stdin], [], left(self.deadline))
            if not ready:
                raise Fault("files took too long to the other host")
            view = view[os.write(self.process.stdin.fileno(), view):]

    def close(self):
        self.process.kill()
        self.process.wait()
