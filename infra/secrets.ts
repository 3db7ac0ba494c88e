/**
 * Secrets that are made once and then kept in the stack's state, encrypted. A fresh value is made in every run; the engine
 * takes it only when there is none yet.
 */
import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/** `fresh` in the first run, what was kept then in every later one. To have a new one: `pulumi up --replace URN`. */
export function kept<T>(name: string, fresh: pulumi.Input<T>, opts: pulumi.CustomResourceOptions): pulumi.Output<T> {
  const stash = new pulumi.Stash(name, { input: pulumi.secret(fresh) }, {
    ...opts, ignoreChanges: ["input"], additionalSecretOutputs: ["input", "output"],
  });
  return pulumi.secret(stash.output) as pulumi.Output<T>;
}

/** 192 bits, in letters that need no quoting in a URL or a configuration file. */
export const newPassword = (): string => randomBytes(24).toString("base64url");
