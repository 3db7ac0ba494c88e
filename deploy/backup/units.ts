/** systemd's part: what runs when, without the operator. Pure. */
import type { Backup } from "../../model/schema.ts";
import { BACKUP_STATE } from "../host/paths.ts";
import type { BackupFile } from "./host-files.ts";
import { type Kind, KINDS } from "./kinds.ts";

const SYSTEMD = "/etc/systemd/system";
export const WAL_UNIT = "etage-backup-wal.service";
export const unitOf = (kind: Kind | "check"): string => `etage-backup-${kind}`;
/** Enabled and started; the services behind the timers are not. */
export const STARTED_UNITS: readonly string[] = [...KINDS.map((kind) => `${unitOf(kind)}.timer`), `${unitOf("check")}.timer`, WAL_UNIT];

const WHAT: Record<Kind | "check", string> = {
  database: "backup of the database", files: "snapshot of the uploaded files", customers: "export of each customer",
  verify: "proof that backups can be restored", check: "whether backups are well",
};

export function unitFiles(schedule: Backup["schedule"]): BackupFile[] {
  const file = (name: string, content: string): BackupFile => ({ path: `${SYSTEMD}/${name}`, content, mode: "0644", owner: "root:root" });
  return [
    ...KINDS.flatMap((kind) => [
      file(`${unitOf(kind)}.service`, service(kind)),
      // A run that was missed is made up for. Hosts of a platform do not all ask the store in the same second.
      file(`${unitOf(kind)}.timer`, timer(kind, `OnCalendar=${schedule[kind]}\nPersistent=true\nRandomizedDelaySec=300\nFixedRandomDelay=true\n`)),
    ]),
    file(`${unitOf("check")}.service`, service("check")),
    file(`${unitOf("check")}.timer`, timer("check", `OnActiveSec=${lookSeconds(schedule)}s\nOnUnitActiveSec=${lookSeconds(schedule)}s\nAccuracySec=1s\n`)),
    file(WAL_UNIT, `[Unit]
Description=Etage backup: ships what was written to the database
After=docker.service
StartLimitIntervalSec=0

[Service]
ExecStart=/usr/bin/python3 ${BACKUP_STATE}/bin wal
Restart=always
RestartSec=2

[Install]
WantedBy=multi-user.target
`),
  ];
}

/** An alarm comes within `checkMinutes`, also of a store that takes half a minute to be found silent. */
const lookSeconds = ({ checkMinutes }: Pick<Backup["schedule"], "checkMinutes">): number => Math.max(checkMinutes * 30, checkMinutes * 60 - 35);

/** Beside the work of customers, not before it. */
const service = (kind: Kind | "check"): string => `[Unit]
Description=Etage backup: ${WHAT[kind]}
After=docker.service network-online.target
Wants=network-online.target

[Service]
Type=oneshot
ExecStart=/usr/bin/python3 ${BACKUP_STATE}/bin ${kind}
${kind === "verify" ? `ExecStopPost=/usr/bin/python3 ${BACKUP_STATE}/bin clear\n` : ""}TimeoutStartSec=${kind === "check" ? "4min" : "infinity"}
Nice=10
IOSchedulingClass=idle
`;

const timer = (kind: Kind | "check", when: string): string => `[Unit]
Description=Etage backup: ${WHAT[kind]}

[Timer]
${when}
[Install]
WantedBy=timers.target
`;
