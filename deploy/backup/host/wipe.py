"""Takes all of this host's backups out of the store, for good: its server goes with the one customer it had, and nobody would prune them."""
import subprocess
from store import alone, backups, pgbackrest, snapshots


def run(settings):
    # Or the next look would begin a backup anew, since there is none.
    subprocess.run(["systemctl", "stop", "etage-backup-*"], check=True, timeout=600)
    found = [each["id"] for each in snapshots(settings)]
    if found:
        alone(settings, "forget", "--prune", *found, what="removing files and exports", timeout=12 * 3600)
    known, _, exists = backups(settings)
    if exists:
        # Nothing is sent any more; without that word it refuses.
        pgbackrest(settings, "stop", what="ending the archiving")
        pgbackrest(settings, "--force", "stanza-delete", what="removing the database's backups", timeout=12 * 3600)
    return len(found) + len(known)
