/**
 * One host fetches an image from the registry, the others get it from there through the private network. What travels are
 * the registry's own compressed layers, and each host's Docker pulls them as from a registry: it checks every byte against
 * the digest that the release was resolved to, so the host in between can withhold an image but not change it, and a host
 * that gets nothing pulls from the registry as ever. The server hears the private address only, knows one path that nobody
 * can guess, gives only what was fetched for it, and goes when it has been quiet for a while, whoever forgot it.
 */
import { all, any, type Command, quiet, script } from "./command.ts";

export interface Share {
  /** 32 hexadecimal digits, new for each. */
  token: string;
  /** `sha256:…` of the image. */
  digest: string;
}

const IDLE_SECONDS = 120;
export const shareTimeout = 900_000;

const folderOf = ({ token }: Share): string => `/var/tmp/etage-share.${token}`;

/** Where a host's Docker finds the share: an address of its own loopback, where plain HTTP is allowed; one for each share. */
function nearBy({ token }: Share): { address: string; port: number } {
  const [a, b, c] = [0, 2, 4].map((at) => 1 + Number.parseInt(token.slice(at, at + 2), 16) % 254);
  return { address: `127.${a}.${b}.${c}`, port: 5000 };
}

const FETCH = `
set -eu
umask 077
find /var/tmp -maxdepth 1 -name 'etage-share.*' -mmin +60 -exec rm -rf {} + 2>/dev/null || true
mkdir "$1"
cd "$1"
authority=/etc/docker/certs.d/$2/ca.crt
shift 2
if [ -e "$authority" ]; then curl --cacert "$authority" --config -; else curl --config -; fi
for digest; do echo "\${digest#sha256:}  $digest"; done | sha256sum --check --strict --quiet
`;
/** Fetches manifests and layers; what to ask for comes on standard input (fetchInput). */
export const fetchShare = (share: Share, registry: string, digests: readonly string[]): Command => script("fetch-share", FETCH, folderOf(share), registry, ...digests);

/** For curl, so that the registry's token is in no argument. */
export function fetchInput(parts: readonly { url: string; digest: string }[], headers: Readonly<Record<string, string>>): string {
  const text = (value: string): string => `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  return [
    "silent", "show-error", "fail", "fail-early", "location", "parallel", "retry = 2",
    ...Object.entries(headers).map(([name, value]) => `header = ${text(`${name}: ${value}`)}`),
    ...parts.flatMap(({ url, digest }) => [`url = ${text(url)}`, `output = ${text(digest)}`]),
  ].map((line) => `${line}\n`).join("");
}

/** A registry that can only give: the two questions of a pull by digest, answered from files that are named by digest. */
const SERVER = `
import http.server, json, os, re, shutil, sys, threading, time
address, folder, token, idle = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
busy, heard = set(), time.monotonic()

class Share(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self):
        global heard
        busy.add(self)
        try:
            self.answer()
        finally:
            busy.discard(self)
            heard = time.monotonic()

    do_HEAD = do_GET

    def answer(self):
        asked = re.fullmatch("/v2/" + token + "/image/(manifests|blobs)/(sha256:[0-9a-f]{64})", self.path)
        path = os.path.join(folder, asked[2]) if asked else None
        if self.path == "/v2/":
            self.head(200, "application/json", 0)
        elif path is None or not os.path.exists(path):
            self.head(404, "application/json", 0)
        else:
            with open(path, "rb") as file:
                self.head(200, kind(path) if asked[1] == "manifests" else "application/octet-stream", os.path.getsize(path), asked[2])
                if self.command == "GET":
                    shutil.copyfileobj(file, self.wfile)

    def head(self, status, kind, length, digest=None):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        if digest:
            self.send_header("Docker-Content-Digest", digest)
        self.end_headers()

    def log_message(self, *words):
        pass

def kind(path):
    with open(path) as file:
        manifest = json.load(file)
    return manifest.get("mediaType") or "application/vnd.oci.image." + ("index" if "manifests" in manifest else "manifest") + ".v1+json"

server = http.server.ThreadingHTTPServer((address, 0), Share)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
while busy or time.monotonic() - heard < idle:
    time.sleep(1)
shutil.rmtree(folder, ignore_errors=True)
`;

/** The text of a program stays in the script that runs it: people read the script's name. */
const python = (program: string): string => `python3 -c "$(cat <<'PROGRAM'\n${program.trim()}\nPROGRAM\n)"`;

const START = `
folder=$1 address=$2 token=$3 idle=$4
setsid ${python(SERVER)} "$address" "$folder" "$token" "$idle" >"$folder/port" 2>"$folder/fault" </dev/null &
echo $! >"$folder/pid"
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do [ -s "$folder/port" ] && break; sleep 0.2; done
cat "$folder/port"
[ -s "$folder/port" ] || { cat "$folder/fault" >&2; exit 1; }
`;
/** Prints the port. `address`: the host's own in the private network. */
export const startShare = (share: Share, address: string): Command => script("start-share", START, folderOf(share), address, share.token, IDLE_SECONDS);

export const endShare = (share: Share): Command => script("end-share", `kill "$(cat "$1/pid")" 2>/dev/null; rm -rf "$1"`, folderOf(share));

/** Leads an address of this machine's loopback to the share while Docker pulls from there. */
const RECEIVE = `
import socket, subprocess, sys, threading
near, far = (sys.argv[1], int(sys.argv[2])), (sys.argv[3], int(sys.argv[4]))

def copy(source, target):
    try:
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, target):
            end.close()

def accept(listener):
    while True:
        here, _ = listener.accept()
        try:
            there = socket.create_connection(far, 10)
            there.settimeout(60)
        except OSError:
            here.close()
            continue
        for ends in ((here, there), (there, here)):
            threading.Thread(target=copy, args=ends, daemon=True).start()

listener = socket.create_server(near)
threading.Thread(target=accept, args=(listener,), daemon=True).start()
sys.exit(subprocess.call(["docker", "pull", "--quiet", sys.argv[5]], stdin=subprocess.DEVNULL))
`;

/**
 * Gets the layers from the share at `address:port`, then runs `pull`, the host's usual one: that finds all of them there,
 * and asks the registry for a few kilobytes. The name under which they came goes again.
 */
export function receiveShare(share: Share, address: string, port: number, pull: Command): Command {
  const near = nearBy(share);
  const name = `${near.address}:${near.port}/${share.token}/image@${share.digest}`;
  const receive = script("receive-share", `exec ${python(RECEIVE)} "$@"`, near.address, near.port, address, port, name);
  const forget = any(quiet(["docker", "rmi", name]), ["true"]);
  return all(receive, any(all(pull, forget), all(forget, ["false"])));
}
