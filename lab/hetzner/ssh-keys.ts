/** SSH keys. The fingerprint is the MD5 of the key's blob, as OpenSSH prints it with `-E md5`. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { changeNamed, checkUnique, need, type Cloud } from "./cloud.ts";
import { ApiError, invalid } from "./errors.ts";
import * as input from "./input.ts";
import { list } from "./pagination.ts";
import type { SshKeyRecord } from "./records.ts";
import { created, get, gone, ok, post, put, remove, type Route } from "./routes.ts";

const creation = z.object({ name: input.name, public_key: z.string(), labels: input.labels.nullish() });
const keyTypes = /^(ssh-(ed25519|rsa|dss)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)$/;

/** MD5 fingerprint of an OpenSSH public key; throws invalid_input when it is none. */
export function fingerprint(publicKey: string): string {
  const [type = "", text = ""] = publicKey.trim().split(/\s+/);
  const blob = Buffer.from(text, "base64");
  // The blob begins with its own type as a length-prefixed text; a key that lies about it is none.
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
  if (!keyTypes.test(type) || blob.length <= 4 + length || blob.toString("latin1", 4, 4 + length) !== type) {
    throw invalid("public_key", "is not a valid SSH public key");
  }
  return createHash("md5").update(blob).digest("hex").match(/../g)!.join(":");
}

export const sshKeyView = (key: SshKeyRecord): object => ({
  id: key.id,
  name: key.name,
  fingerprint: key.fingerprint,
  public_key: key.publicKey,
  labels: key.labels,
  created: key.created,
});

export function sshKeyRoutes(cloud: Cloud): Route[] {
  return [
    get("/ssh_keys", (call) =>
      list(call, {
        key: "ssh_keys",
        records: cloud.store.all("ssh_key"),
        view: sshKeyView,
        sortable: { id: (key) => key.id, name: (key) => key.name },
        filters: { name: (key) => key.name, fingerprint: (key) => key.fingerprint },
        labels: (key) => key.labels,
      }),
    ),
    get("/ssh_keys/:id", (call) => ok({ ssh_key: sshKeyView(need(cloud, "ssh_key", call.id)) })),
    post("/ssh_keys", (call) => {
      const { name, public_key, labels } = input.parse(creation, call.body);
      const print = fingerprint(public_key);
      checkUnique(cloud, "ssh_key", name);
      if (cloud.store.all("ssh_key").some((key) => key.fingerprint === print)) {
        throw new ApiError("uniqueness_error", "SSH key with the same fingerprint already exists", { fields: [{ name: "public_key" }] });
      }
      const record = { name, publicKey: public_key.trim(), fingerprint: print, labels: labels ?? {}, created: new Date().toISOString() };
      return created({ ssh_key: sshKeyView(cloud.store.insert("ssh_key", record)) });
    }),
    put("/ssh_keys/:id", (call) => ok({ ssh_key: sshKeyView(changeNamed(cloud, "ssh_key", call.id, input.parse(input.change, call.body))) })),
    remove("/ssh_keys/:id", (call) => {
      need(cloud, "ssh_key", call.id);
      cloud.store.remove("ssh_key", call.id);
      return gone;
    }),
  ];
}
