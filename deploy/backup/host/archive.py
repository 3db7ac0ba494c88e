"""Reads a customer's archive (docs/app-contract.md) as it comes and says whether it is whole."""
import hashlib, json, os, re, tarfile, threading
from base import Fault


class Archive:
    """Takes the bytes by `feed`; `end` says what was in it, or throws."""

    def __init__(self):
        self.sum, self.bytes = hashlib.sha256(), 0
        reading, writing = os.pipe()
        self._pipe = os.fdopen(writing, "wb")
        self._fault, self._manifest, self._end, self._tables, self._files, self._file_bytes = None, None, None, {}, 0, 0
        self._reader = threading.Thread(target=self._read, args=(os.fdopen(reading, "rb"),), daemon=True)
        self._reader.start()

    def feed(self, chunk):
        self.sum.update(chunk)
        self.bytes += len(chunk)
        self._pipe.write(chunk)

    def _read(self, source):
        try:
            with tarfile.open(fileobj=source, mode="r|") as tar:
                for entry in tar:
                    self._take(entry, tar.extractfile(entry))
        except Exception as error:
            self._fault = str(error) or type(error).__name__
        while source.read(1 << 20):
            pass

    def _take(self, entry, content):
        table = re.fullmatch(r"tables/([^/]+)/\d+\.ndjson", entry.name)
        if entry.name == "manifest.json":
            self._manifest = json.load(content)
        elif entry.name == "end.json":
            self._end = json.load(content)
        elif table:
            text = content.read()
            seen = self._tables.setdefault(table[1], [0, hashlib.sha256()])
            seen[0] += text.count(b"\n")
            seen[1].update(text)
        elif entry.name.startswith("files/"):
            self._files += 1
            self._file_bytes += entry.size

    def end(self):
        """`{"rows", "files", "missing", "tables"}`; `missing`: files that were gone when it was exported."""
        self._pipe.close()
        self._reader.join()
        if self._fault or not self._manifest or not self._end:
            raise Fault(f"the archive is not whole: {self._fault or 'its manifest.json or end.json is missing'}")
        seen = {table: {"rows": rows, "sha256": sum.hexdigest()} for table, (rows, sum) in self._tables.items()}
        told = {table: value for table, value in self._end["tables"].items() if value["rows"] > 0}
        differing = sorted(table for table in {*seen, *told} if seen.get(table) != told.get(table))
        if differing:
            raise Fault(f"the archive is not what was exported: {', '.join(differing)} differ")
        if (self._files, self._file_bytes) != (self._end["files"]["count"], self._end["files"]["bytes"]):
            raise Fault(f"the archive has {self._files} files of {self._end['files']['count']}")
        return {"rows": sum(table["rows"] for table in told.values()), "files": self._files, "missing": len(self._end["files"].get("missing", [])), "tables": self._end["tables"]}
