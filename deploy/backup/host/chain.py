"""The database's backups and its WAL in the store: whole, and without a gap."""
import re
from base import Fault, last_lines
from postgres import psql
from store import backups, pgbackrest

SEGMENT = re.compile(r"[0-9A-F]{24}(?=-[0-9a-f]{40})")


def chain(settings):
    """Every file of every backup and every segment of WAL against its checksum; and none is missing since the newest backup. What is missing before that is told."""
    # One more try at once instead of another after 15 s as well: a pack that was cut off holds files by the thousand, and each would wait.
    text = pgbackrest(settings, "--output=text", "--verbose", "--log-level-console=off", "--job-retry=1", "verify", what="reading the database's backups")
    if "status: ok" not in text:
        raise Fault(f"the database's backups in the store are damaged: {'; '.join(damage(text)) or last_lines(text)}")
    listed = pgbackrest(settings, "repo-ls", "--recurse", f"archive/{settings['host']}", what="listing the WAL in the store", timeout=6 * 3600)
    segments, size = SEGMENT.findall(listed), segment_size(settings)
    known, _, _ = backups(settings)
    since = known[-1]["archive"]["start"] if known else ""
    missing = gaps([segment for segment in segments if segment >= since], size)
    if missing:
        raise Fault(f"WAL is missing in the store: {'; '.join(missing[:3])}; to no time after that can be gone back until there is a new backup")
    before = gaps([segment for segment in segments if segment <= since], size)
    return f"whole; a gap before the newest backup, {before[-1]}" if before else "whole"


def recent_gaps(settings, known, stored):
    """Since the newest backup, as far as the newest folder of WAL goes: what is missing there, no time after it can be restored without."""
    if not known or not stored:
        return []
    top, since = stored[-1], known[-1]["archive"]["start"]
    listed = pgbackrest(settings, "repo-ls", f"archive/{settings['host']}/{top['id']}/{top['max'][:16]}", what="listing the newest WAL in the store", timeout=120)
    return gaps([segment for segment in SEGMENT.findall(listed) if segment >= since], segment_size(settings))


def segment_size(settings):
    return int(psql(settings, "select setting from pg_settings where name = 'wal_segment_size'"))


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
