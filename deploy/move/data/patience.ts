/** Statements that need a lock on a table in use. */
import { literal } from "./quote.ts";

/**
 * Waits for the lock a tenth of a second at most, since everybody else queues behind who waits, and tries again for about
 * half a minute. One transaction; fails with SQLSTATE 55P03 when the table was never free.
 */
export const patiently = (statement: string, tries = 150): string => `do $etage$
begin
  for attempt in 1..${tries} loop
    begin
      set local lock_timeout = '100ms';
      execute ${literal(statement.replace(/;\s*$/, ""))};
      return;
    exception when lock_not_available then
      if attempt = ${tries} then raise; end if;
    end;
    perform pg_sleep(0.05 + random() * 0.1);
  end loop;
end $etage$;
`;
