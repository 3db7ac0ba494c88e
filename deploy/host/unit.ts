/**
 * Shell function `install_unit UNIT DESCRIPTION RESTART COMMAND`: a service that a reboot of the host brings back and that is
 * begun anew as often as it ends (RESTART: always, on-failure). A unit file, not a transient unit, which a reboot would end.
 * One that changed is stopped, one that did not is left alone; starting it is for the caller, who knows whether it may run on.
 */
export const INSTALL_UNIT = `
install_unit() {
  file=/etc/systemd/system/$1
  cat >"$file.new" <<UNIT
[Unit]
Description=$2
After=network-online.target docker.service
StartLimitIntervalSec=0
[Service]
ExecStart=$4
Restart=$3
RestartSec=1
[Install]
WantedBy=multi-user.target
UNIT
  if cmp -s "$file.new" "$file"; then rm "$file.new"; else mv "$file.new" "$file"; systemctl daemon-reload; systemctl stop "$1"; fi
  systemctl enable --quiet "$1"
}
`.trim();
