"""A proxy's control socket, as its own program uses it: one standing connection, no process for a command, a fraction of a millisecond each."""
import json
import os
import socket
import subprocess
import time

MILLISECOND = 1_000_000  # Go counts durations in nanoseconds


class Fault(Exception):
    """Something that the verdict tells as its reason."""


def left(deadline):
    rest = deadline - time.monotonic()
    if rest <= 0:
        raise Fault("the limit of the hold is over")
    return rest


def deployment(service, target, route, outside=False, drain=30_000, paths=None, patience=5_000, asked=None):
    """
    `drain`: milliseconds after which requests at the old target are cut off; `patience`: for the new one to be healthy,
    which it is asked under the customer's name, since a proxy answers for names only. `outside`: customers talk to
    this proxy. What is below `paths` has its TLS from the service of the whole name.
    """
    options = {"Hosts": route["hosts"], "PathPrefixes": paths or ["/"], "StripPrefix": not paths, "WriterAffinityTimeout": 1000 * MILLISECOND, "TLSRedirect": True}
    if outside and not paths:
        options.update({"TLSEnabled": True, "TLSCertificatePath": route["tls"]["certificate"], "TLSPrivateKeyPath": route["tls"]["key"]})
    return {
        "Service": service, "TargetURLs": [target], "ServiceOptions": options,
        "DeploymentOptions": {"DeployTimeout": patience * MILLISECOND, "DrainTimeout": drain * MILLISECOND},
        "TargetOptions": {
            "HealthCheckConfig": {"Path": route["healthPath"], "Interval": 100 * MILLISECOND, "Timeout": patience * MILLISECOND, "Host": asked or route["hosts"][0]},
            "ResponseTimeout": 30_000 * MILLISECOND, "MaxMemoryBufferSize": 1 << 20, "ForwardHeaders": bool(route["forwardHeaders"]) if outside else True,
        },
    }


class Proxy:
    def __init__(self, container):
        self.container = container
        asked = subprocess.run(["docker", "inspect", "--format", "{{.State.Pid}}", container], capture_output=True, text=True)
        self.pid = asked.stdout.strip()
        if asked.returncode != 0 or self.pid in ("", "0"):
            raise Fault(f"{container} does not run")
        with open(f"/proc/{self.pid}/environ", "rb") as file:
            variables = dict(each.split("=", 1) for each in file.read().decode().split("\0") if "=" in each)
        folder = variables.get("XDG_RUNTIME_DIR") or variables.get("TMPDIR") or "/tmp"
        self.state_path = f"/proc/{self.pid}/root{variables.get('HOME', '/root')}/.config/kamal-proxy/kamal-proxy.state"
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(f"/proc/{self.pid}/root{folder}/kamal-proxy.sock")
        self.sequence, self.defined, self.rest, self.head, self.answers = 0, set(), b"", None, {}

    def send(self, method, kind, value):
        """Begins a call; its number."""
        self.sequence += 1
        parts = []
        for each in ("Request", kind):
            for name in gob_needs(each):
                if name not in self.defined:
                    self.defined.add(name)
                    parts.append(gob_definition(name))
        parts.append(gob_message(type_id("Request"), gob_value("Request", {"ServiceMethod": f"kamal-proxy.{method}", "Seq": self.sequence})))
        parts.append(gob_message(type_id(kind), gob_value(kind, value)))
        self.socket.settimeout(5)
        self.socket.sendall(b"".join(parts))
        return self.sequence

    def wait(self, number, deadline):
        """Until the call is answered. @raises Fault with the proxy's words."""
        while number not in self.answers:
            self.socket.settimeout(left(deadline))
            try:
                data = self.socket.recv(65536)
            except (TimeoutError, socket.timeout):
                raise Fault(f"{self.container} took too long") from None
            if not data:
                raise Fault(f"{self.container} closed its control socket")
            self.rest += data
            while True:
                message, self.rest = gob_take(self.rest)
                if message is None:
                    break
                kind, _ = gob_read_uint(message, 0)
                if kind & 1:
                    continue  # a definition
                if self.head is None:
                    self.head = gob_answer(message)
                else:
                    self.answers[self.head[0]], self.head = self.head[1], None
        error = self.answers.pop(number)
        if error:
            raise Fault(f"{self.container}: {error}")

    def deploy(self, service, target, route, **how):
        """Begins to lead a service to a target: checked, then swapped at once; answered when the old target's requests are done."""
        return self.send("Deploy", "DeployArgs", deployment(service, target, route, **how))

    def pause(self, service, patience):
        return self.send("Pause", "PauseArgs", {"Service": service, "DrainTimeout": 1000 * MILLISECOND, "PauseTimeout": patience * MILLISECOND})

    def resume(self, service):
        return self.send("Resume", "ResumeArgs", {"Service": service})

    def remove(self, service):
        return self.send("Remove", "RemoveArgs", {"Service": service})

    def state(self, service):
        """(paused, targets) of a service as the proxy saved it; None when it has none. It is written after every change, before the answer."""
        for _ in range(50):
            try:
                with open(self.state_path, encoding="utf8") as file:
                    found = [each for each in json.load(file) if each["name"] == service]
                return (found[0]["pause_controller"]["state"] == 1, found[0]["active_targets"]) if found else None
            except (ValueError, FileNotFoundError):
                time.sleep(0.01)  # half written
        raise Fault(f"the routes of {self.container} can't be read")

    def close(self):
        self.socket.close()
