"""The database's backups and its WAL in the store: whole, and without a gap."""
import re
from base import Fault, last_lines
from postgres import psql
from store import pgbackrest


def chain(settings):
    """Every file of every backup and every segment of WAL against its checksum; and no segment between the first and the last is missing."""
    text = pgbackrest(settings, "--output=text", "--verbose", "--log-level-console=off", "verify", what="reading the database's backups")
    if "status: ok" not in text:
        raise Fault(f"the database's backups in the store are damaged: {'; '.join(damage(text)) or last_lines(text)}")
    listed = pgbackrest(settings, "repo-ls", "--recurse", f"archive/{settings['host']}", what="listing the WAL in the store", timeout=6 * 3600)
    size = int(psql(settings, "select setting from pg_settings where name = 'wal_segment_size'"))
    missing = gaps(re.findall(r"[0-9A-F]{24}(?=-[0-9a-f]{40})", listed), size)
    if missing:
        raise Fault(f"WAL is missing in the store: {'; '.join(missing[:3])}; to no time after the first of them can be gone back but from a later backup")
    return None


def damage(text):
    """Of what `verify` prints, the lines that tell of something wrong."""
    subject, found = "", []
    for line in (line.strip() for line in text.splitlines()):
        if line.startswith(("archiveId:", "backup:")):
            subject = line.split(",")[0]
        if line.startswith("missing:") and re.search(r": [1-9]", line):
            found.append(f"{subject}: {', '.join(part for part in line.split(', ') if not part.endswith(': 0'))}")
        if line.startswith("No usable"):
            found.append(line)
    return found


def gaps(segments, size):
    """Segments that follow none, on each timeline; a later timeline begins where its history says."""
    per_log, found, last = 2**32 // size, [], {}
    for segment in sorted(set(segments)):
        timeline, number = segment[:8], int(segment[8:16], 16) * per_log + int(segment[16:], 16)
        if timeline in last and number != last[timeline][0] + 1:
            found.append(f"between {last[timeline][1]} and {segment}")
        last[timeline] = (number, segment)
    return found
