"""The host's database: asking it, and what it holds as of one moment."""
import json, select, subprocess
from base import Fault, run

CONTAINER = "postgres"


def inspect(container):
    """None when there is none."""
    done = subprocess.run(["docker", "container", "inspect", container], text=True, capture_output=True)
    return json.loads(done.stdout)[0] if done.returncode == 0 else None


def psql(settings, sql, container=CONTAINER, what="asking the database", timeout=600):
    database = settings["database"]
    words = ["docker", "exec", "-i", container, "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-U", database["user"], "-d", database["name"]]
    return run(words, what, input=sql, timeout=timeout).strip()


# Every table that holds rows: `NAME|ROWS|SUM`. The sum of the rows' hashes does not depend on their order.
FACTS = """
select format('select %L, count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) from %I.%I t', n.nspname || '.' || c.relname, n.nspname, c.relname)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and c.relpersistence = 'p' and n.nspname not in ('pg_catalog', 'information_schema') order by 1 \\gexec
"""


def read_facts(text):
    rows = (line.rsplit("|", 2) for line in text.splitlines() if line.count("|") >= 2)
    return {name: {"rows": int(count), "sum": total} for name, count, total in rows}


def facts(settings, container):
    """Of a database that nobody writes to."""
    return read_facts(psql(settings, "begin isolation level repeatable read read only;" + FACTS + "commit;", container, "counting what was restored", 6 * 3600))


def facts_at_lsn(settings, patience=300):
    """
    What is in the database at a place of its WAL: a replication slot says where its snapshot lies, so a restore to exactly
    that place must give the same. The slot waits for the transactions that are open, and is gone with its session.
    """
    database = settings["database"]
    words = ["docker", "exec", "-i", CONTAINER, "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", f"user={database['user']} dbname={database['name']} replication=database"]
    holder = subprocess.Popen(words, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        holder.stdin.write("CREATE_REPLICATION_SLOT etage_backup TEMPORARY LOGICAL pgoutput EXPORT_SNAPSHOT;\n")
        holder.stdin.flush()
        if not select.select([holder.stdout], [], [], patience)[0]:
            raise Fault(f"the snapshot of the database: a transaction has been open for more than {patience} s")
        line = holder.stdout.readline().strip()
        if line.count("|") < 3:
            holder.stdin.close()
            raise Fault(f"the snapshot of the database: {holder.stderr.read().strip() or 'no answer'}")
        _, lsn, snapshot, _ = line.split("|")
        text = psql(settings, f"begin isolation level repeatable read read only; set transaction snapshot '{snapshot}';{FACTS}commit;", what="counting what is in the database", timeout=6 * 3600)
        return {"lsn": lsn, "tables": read_facts(text)}
    finally:
        holder.kill()
        holder.wait()


def shipped(settings, lsn, patience=120):
    """Waits until the WAL up to there is in the store."""
    sql = f"""
      select pg_switch_wal();
      do $$ begin
        for i in 1..{patience * 10} loop
          perform pg_stat_clear_snapshot();
          exit when (select last_archived_wal >= pg_walfile_name('{lsn}') from pg_stat_archiver);
          perform pg_sleep(0.1);
        end loop;
        if not (select coalesce(last_archived_wal >= pg_walfile_name('{lsn}'), false) from pg_stat_archiver) then raise 'the WAL is not in the store after {patience} s'; end if;
      end $$;"""
    psql(settings, sql, what="waiting for the WAL", timeout=patience + 30)
