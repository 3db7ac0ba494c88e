"""Ends the segment of WAL in hand as soon as a transaction ended in it, so that it is shipped; leaves an idle database alone."""
import subprocess, time
from base import Fault
from postgres import CONTAINER

# The snapshot changes when a transaction that wrote has ended, and at nothing else; WAL also grows without one. Segments
# that a transaction of before ended in were switched then.
SWITCH = """select case when current_setting('etage.seen', true) is distinct from pg_current_snapshot()::text then pg_switch_wal() is not null else false end,
  set_config('etage.seen', pg_current_snapshot()::text, false) is null;"""


def run(settings):
    """Until the database goes away; the unit begins anew. Its words come one by one: when this program dies, the session does."""
    database = settings["database"]
    words = ["docker", "exec", "-i", CONTAINER, "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", f"user={database['user']} dbname={database['name']} application_name=etage-backup-wal"]
    with subprocess.Popen(words, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as session:
        while True:
            session.stdin.write(SWITCH.replace("\n", " ") + "\n")
            session.stdin.flush()
            if not session.stdout.readline():
                raise Fault("the database went away")
            time.sleep(settings["walSeconds"])
