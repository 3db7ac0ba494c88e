# A running Docker engine. Machines without systemd get a plain dockerd.
title="starting the Docker engine"
log_docker=/var/log/etage-dockerd.log

check() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

act() {
  if [ "$(id -u)" != 0 ]; then
    say "the Docker engine does not answer: start it, and let this user in (group docker), or run this as root"
    exit 1
  fi
  if [ -d /run/systemd/system ]; then
    logged systemctl start docker
  elif ! pgrep -x dockerd >/dev/null; then
    # A killed engine leaves these, and a new one refuses to start when the number meanwhile belongs to another process.
    rm -f /var/run/docker.pid /var/run/docker/containerd/containerd.pid
    setsid nohup dockerd >>"$log_docker" 2>&1 </dev/null 8>&- &
  fi
  for _ in $(seq 120); do
    ! check || return 0
    sleep 0.5
  done
  say "the Docker engine did not answer within a minute; the end of its log:"
  if [ -d /run/systemd/system ]; then journalctl -u docker -n 20 --no-pager >&2; else tail -n 20 "$log_docker" >&2; fi
  exit 1
}
