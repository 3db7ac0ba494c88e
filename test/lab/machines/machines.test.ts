/** Machines as their customers meet them: one site, two machines, real containers. The tests build on each other. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { purge } from "../../../lab/machines/purge.ts";
import { run } from "../../../lab/machines/command.ts";
import { openMachines } from "../../../lab/machines/docker.ts";
import { containerName, diskFile, labLabels, linkPrefixes, volumeFile } from "../../../lab/machines/names.ts";
import { attempt, openSite, reaches, type Site } from "./site.ts";

let site: Site;
let keys: string;
const volume = 501;

const ssh = (address: string, command: string) =>
  attempt("ssh", [
    "-i", join(keys, "operator"), "-o", `UserKnownHostsFile=${join(keys, "known_hosts")}`, "-o", "GlobalKnownHostsFile=/dev/null",
    "-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", `deploy@${address}`, command,
  ]);

function userData(): string {
  const read = (name: string) => readFileSync(join(keys, name), "utf8");
  // JSON is YAML
  return `#cloud-config\n${JSON.stringify({
    users: [{ name: "deploy", shell: "/bin/bash", groups: ["docker", "sudo"], sudo: "ALL=(ALL) NOPASSWD:ALL", ssh_authorized_keys: [read("operator.pub").trim()] }],
    ssh_keys: { ed25519_private: read("host"), ed25519_public: read("host.pub").trim() },
    disable_root: true,
    write_files: [{ path: "/etc/docker/daemon.json", content: '{"live-restore": true}' }],
    runcmd: [["touch", "/root/ran"]],
  })}`;
}

beforeAll(async () => {
  site = await openSite();
  keys = mkdtempSync(join(tmpdir(), "etage-keys-"));
  for (const name of ["host", "operator"]) await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(keys, name)]);
  const hostKey = readFileSync(join(keys, "host.pub"), "utf8").split(" ").slice(0, 2).join(" ");
  await run("tee", [join(keys, "known_hosts")], { input: `${site.lab.subnet(11)} ${hostKey}\n` });
  await site.machines.createVolume(volume, 1, "ext4");
  await Promise.all([site.machines.create(site.spec(1, { userData: userData() })), site.machines.create(site.spec(2))]);
});

afterAll(async () => {
  await site?.remove();
  rmSync(keys, { recursive: true, force: true });
});

it("boots by its user_data: pinned host key, user, files and commands", async () => {
  expect(await site.until(1, "cloud-init status --wait")).toContain("done");
  const login = await ssh(site.lab.subnet(11), "id -nG; cat /etc/docker/daemon.json; echo; sudo ls /root/ran; hostname");
  expect(login).toEqual({ ok: true, output: 'deploy sudo docker\n{"live-restore": true}\n/root/ran\nserver-1' });
  expect((await site.on(1, "systemctl is-system-running")).output).toBe("running");
});

it("has its own host keys when none are given", async () => {
  await site.until(2, "cloud-init status --wait");
  const [one, two] = await Promise.all([1, 2].map((id) => site.on(id, "cat /etc/ssh/ssh_host_ed25519_key.pub")));
  expect(two!.ok).toBe(true);
  expect(two!.output).not.toBe(one!.output);
});

it("holds the services' images under their public names, and runs them", async () => {
  await site.until(1, "docker version");
  expect((await site.on(1, "docker info --format '{{.Driver}}'")).output).toBe("overlay2");
  const started = await site.on(1, [
    "docker network create etage",
    "docker run -d --pull never --name postgres --network etage -m 256m -e POSTGRES_USER=app -e POSTGRES_PASSWORD=geheim postgres:18 -c wal_level=logical",
    "docker run -d --pull never --name redis --network etage redis:7 --requirepass geheim",
    "docker run -d --pull never --name proxy --restart unless-stopped --network etage -p 80:80 -p 443:443 basecamp/kamal-proxy:v0.9.2",
  ].join(" && "));
  expect(started.ok, started.output).toBe(true);
  await site.until(1, "docker exec postgres pg_isready -h 127.0.0.1 -U app");
  expect((await site.on(1, "docker exec -e PGPASSWORD=geheim postgres psql -h postgres -U app -Atc 'show server_version_num' -c 'show wal_level'")).output).toMatch(/^18\d{4}\nlogical$/);
  expect((await site.on(1, "docker exec redis redis-cli -a geheim --no-auth-warning ping")).output).toBe("PONG");
  expect((await site.on(1, "docker exec proxy kamal-proxy list")).ok).toBe(true);
  expect(await reaches(site.lab.subnet(11), 80, site.lab.subnet(1))).toBe(true);
});

it("pulls from the lab's registry what it does not hold, as if from Docker Hub", async () => {
  await site.until(2, "docker version");
  expect(await site.on(2, "docker rmi redis:7 && docker pull --quiet redis:7")).toMatchObject({ ok: true, output: expect.stringContaining("docker.io/library/redis:7") });
  expect((await site.on(2, `curl --silent --fail https://${site.lab.subnet(3)}:5000/v2/_catalog`)).output).toContain("library/postgres");
});

it("limits memory, and the disk where a file would not fit", async () => {
  expect((await site.on(2, "df --block-size=1G --output=size / | tail -1")).output.trim()).toBe("10");
  const full = await site.on(2, "fallocate -l 11G /var/tmp/large");
  expect(full).toMatchObject({ ok: false, output: expect.stringContaining("No space left on device") });
  await site.machines.kill(2);
  await site.machines.start(2);
  await site.until(2, "rm -f /var/tmp/large /var/tmp/rest"); // a full disk is no reason not to boot
  const limit = await run("docker", ["inspect", "--format", "{{.HostConfig.Memory}}", containerName(site.lab, 2)]);
  expect(Number(limit)).toBe(2 * 1024 ** 3);
});

it("admits by firewall only what a rule admits, also to ports that Docker publishes", async () => {
  const [operator, edge] = [site.lab.subnet(1), site.lab.subnet(2)];
  await site.machines.setFirewall(1, [
    { direction: "in", protocol: "tcp", port: "22", source_ips: ["0.0.0.0/0", "::/0"], destination_ips: [] },
    { direction: "in", protocol: "tcp", port: "80", source_ips: [`${edge}/32`], destination_ips: [] },
  ]);
  const address = site.lab.subnet(11);
  expect(await Promise.all([reaches(address, 22, operator), reaches(address, 80, edge), reaches(address, 80, operator), reaches(address, 443, edge)]))
    .toEqual([true, true, false, false]);
  expect((await attempt("ping", ["-c", "1", "-W", "1", address])).ok).toBe(false);
});

it("joins two machines by a private network", async () => {
  await site.machines.createNetwork(9);
  await site.machines.attachNetwork(1, 9, "10.0.1.2/16", "86:00:00:00:00:01");
  await site.machines.attachNetwork(2, 9, "10.0.2.3/16", "86:00:00:00:00:02");
  expect(await site.on(1, "ping -c 1 -W 2 10.0.2.3")).toMatchObject({ ok: true });
  expect((await site.on(2, "ip -brief address show enp7s0")).output).toContain("10.0.2.3/16");
});

it("shows a volume at once, and keeps it beyond its server", async () => {
  await site.machines.attachVolume(1, volume, true);
  const folder = `/mnt/HC_Volume_${volume}`;
  expect(await site.on(1, `echo kept > ${folder}/file && test -b /dev/disk/by-id/scsi-0HC_Volume_${volume}`)).toMatchObject({ ok: true });
  expect(await site.on(1, `fallocate -l 2G ${folder}/large`)).toMatchObject({ ok: false, output: expect.stringContaining("No space left on device") });
  expect(await site.on(1, `rm -f ${folder}/large`)).toMatchObject({ ok: true });
});

it("keeps disk, volume, network and firewall over a reboot from inside", async () => {
  const before = await run("docker", ["inspect", "--format", "{{.State.StartedAt}}", containerName(site.lab, 1)]);
  await site.on(1, "touch /home/kept; reboot");
  await waitFor(async () => (await run("docker", ["inspect", "--format", "{{.State.Running}} {{.State.StartedAt}}", containerName(site.lab, 1)])) !== `true ${before}`);
  await site.until(1, "systemctl is-active docker ssh");
  expect((await site.on(1, `cat /mnt/HC_Volume_${volume}/file; ls /home/kept`)).output).toBe("kept\n/home/kept");
  expect(await site.until(1, "ping -c 1 -W 2 10.0.2.3")).toContain("1 received");
  await site.until(1, "docker ps --quiet --filter name=proxy | grep .");
  await waitFor(() => reaches(site.lab.subnet(11), 80, site.lab.subnet(2)));
  expect(await reaches(site.lab.subnet(11), 80, site.lab.subnet(1))).toBe(false);
  expect((await ssh(site.lab.subnet(11), "true")).ok).toBe(true);
});

it("stays off after poweroff from inside, and starts again", async () => {
  await site.on(2, "poweroff");
  await waitFor(async () => (await site.machines.state(2)) === "off");
  await site.machines.start(2);
  expect(await site.machines.state(2)).toBe("running");
});

it("freezes, thaws, is cut off, mended, and dies", async () => {
  const greeted = async (timeout = "1") => (await attempt("timeout", [timeout, "ssh-keyscan", "-T", "1", site.lab.subnet(11)])).output.includes("ssh-ed25519");
  await site.machines.freeze(1);
  expect(await greeted()).toBe(false);
  await site.machines.thaw(1);
  await waitFor(() => greeted("2"));
  await site.machines.cut(1);
  expect(await reaches(site.lab.subnet(11), 22, site.lab.subnet(1))).toBe(false);
  await site.machines.mend(1);
  expect(await reaches(site.lab.subnet(11), 22, site.lab.subnet(1))).toBe(true);
  await site.machines.kill(1);
  expect(await site.machines.state(1)).toBe("off");
});

it("runs out of disk, and has its room back, while volumes keep theirs", async () => {
  await site.machines.start(1);
  await site.until(1, "systemctl is-active docker");
  const writes = "head -c 65536 /dev/zero >/home/more";
  await site.machines.fill(1);
  expect((await site.on(1, "df --output=avail / | tail -1")).output.trim()).toBe("0");
  expect(await site.on(1, writes)).toMatchObject({ ok: false, output: expect.stringContaining("No space left on device") });
  expect(await site.on(1, `touch /mnt/HC_Volume_${volume}/more`)).toMatchObject({ ok: true });
  const mine = await run("du", ["--block-size=1M", "--summarize", diskFile(site.lab, 1)]);
  expect(Number(mine.split("\t")[0])).toBeLessThan(4000); // allocated inside, not here
  await site.machines.empty(1);
  expect(await site.on(1, writes)).toMatchObject({ ok: true });
});

it("runs out of memory, and has it back", async () => {
  const eats = "python3 -c 'print(len(bytearray(300 * 1024 ** 2)))'";
  await site.machines.starve(1);
  expect(await site.on(1, eats)).toMatchObject({ ok: false });
  await site.machines.feed(1);
  expect(await site.until(1, eats)).toBe(String(300 * 1024 ** 2));
  await site.machines.kill(1);
});

it("gives the volume to another machine after its server is gone", async () => {
  await site.machines.destroy(1);
  expect(await site.machines.state(1)).toBe("missing");
  await site.machines.attachVolume(2, volume, false);
  expect((await site.on(2, `ls /mnt/HC_Volume_${volume}`)).ok).toBe(false);
  const mounted = await site.on(2, `mkdir /srv/data && mount /dev/disk/by-id/scsi-0HC_Volume_${volume} /srv/data && cat /srv/data/file`);
  expect(mounted).toEqual({ ok: true, output: "kept" });
});

it("grows a volume's device, whose file system then is the owner's to grow", async () => {
  await site.machines.resizeVolume(volume, 2);
  expect(statSync(volumeFile(site.lab, volume)).size).toBe(2 * 1024 ** 3);
  const device = `/dev/disk/by-id/scsi-0HC_Volume_${volume}`;
  const grown = await site.on(2, `umount /srv/data && e2fsck -f -p ${device}; resize2fs ${device} && mount ${device} /srv/data`);
  expect(grown.ok, grown.output).toBe(true);
  expect(Number((await site.on(2, "df --block-size=1M --output=size /srv/data | tail -1")).output)).toBeGreaterThan(1900);
});

it("formats volumes with XFS, too", async () => {
  await site.machines.createVolume(volume + 1, 1, "xfs");
  await site.machines.attachVolume(2, volume + 1, true);
  expect((await site.on(2, `touch /mnt/HC_Volume_${volume + 1}/here && stat --file-system --format %T /mnt/HC_Volume_${volume + 1}`)).output).toBe("xfs");
});

it("brings everything back after the whole lab was down", async () => {
  await site.machines.suspend();
  expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(site.lab.directory);
  site.machines = await openMachines(site.lab);
  expect(await site.machines.state(2)).toBe("off");
  await site.machines.start(2);
  expect(await site.on(2, `ls /mnt/HC_Volume_${volume + 1}`)).toEqual({ ok: true, output: "here" });
  expect((await site.on(2, "ip -brief address show enp7s0")).output).toContain("10.0.2.3/16");
});

it("leaves nothing behind when purged", async () => {
  const { lab } = site;
  await site.machines.close();
  await purge(lab);
  const own = labLabels(lab).flatMap((label) => ["--filter", `label=${label}`]);
  const left = {
    containers: await run("docker", ["ps", "--all", "--quiet", ...own]),
    networks: await run("docker", ["network", "ls", "--quiet", ...own]),
    mounts: readFileSync("/proc/self/mountinfo", "utf8").includes(lab.directory),
    loops: (await run("losetup", ["--list", "--output", "BACK-FILE"])).includes(lab.directory),
    links: readdirSync("/sys/class/net").filter((name) => linkPrefixes(lab).some((prefix) => name.startsWith(prefix)) || name === `etage-lab-${lab.number}`),
    rules: (await run("iptables-save", [])).includes(linkPrefixes(lab)[0]!),
    trust: existsSync(`/etc/docker/certs.d/${lab.subnet(3)}:5000`),
  };
  expect(left).toEqual({ containers: "", networks: "", mounts: false, loops: false, links: [], rules: false, trust: false });
});

async function waitFor(condition: () => Promise<boolean>, seconds = 30): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not so after ${seconds} s: ${condition}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}
