"""Takes files into one folder: lines of JSON on standard input, each followed by the file's bytes; one line of JSON for each as an answer."""
import hashlib
import json
import os
import sys

root = os.path.realpath(sys.argv[1])


def place(path):
    """Where a path lies, which must be inside the folder."""
    whole = os.path.normpath(os.path.join(root, path))
    # Also when a folder on the way is a link to elsewhere.
    if not whole.startswith(root + os.sep) or not f"{os.path.realpath(os.path.dirname(whole))}{os.sep}".startswith(root + os.sep):
        raise ValueError("outside of the folder")
    return whole


def take(order, source):
    """Whole or not at all: written beside, then renamed. On the disk before it is answered: the customer was told that it is kept."""
    if order["do"] == "sync":
        os.sync()
        return ""
    path = place(order["path"])
    if order["do"] == "remove":
        if os.path.lexists(path):
            os.unlink(path)
        return ""
    for folder in parents(path):
        if not os.path.isdir(folder):
            os.mkdir(folder, 0o750)
            os.chown(folder, order["uid"], order["gid"])
    left, digest, beside = order["size"], hashlib.sha256(), path + ".arriving"
    with open(beside, "wb") as file:
        while left > 0:
            part = source.read(min(left, 1 << 20))
            if not part:
                raise EOFError("ended early")
            left -= len(part)
            digest.update(part)
            file.write(part)
        file.flush()
        os.fchmod(file.fileno(), order["mode"])
        os.fchown(file.fileno(), order["uid"], order["gid"])
        os.fsync(file.fileno())
    os.utime(beside, ns=(order["mtime"], order["mtime"]))
    os.rename(beside, path)
    return digest.hexdigest()


def parents(path):
    """Folders above a path, below the root, the highest first."""
    parts = os.path.relpath(path, root).split(os.sep)[:-1]
    return [os.path.join(root, *parts[: at + 1]) for at in range(len(parts))]


print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin.buffer:
    order = json.loads(line)
    try:
        print(json.dumps({"path": order["path"], "sha256": take(order, sys.stdin.buffer)}), flush=True)
    except Exception as error:  # told to who sent it; that one gives up
        print(json.dumps({"path": order["path"], "fault": str(error)}), flush=True)
        break
