/** `capacity:` of hosting.yaml: what of a shared host may be given out, and what a customer is counted with. Shapes only. */
import { z } from "zod";

const percent = z.int().min(1).max(100);
const memory = z.int().positive();
const cores = z.number().positive().max(64);
const storage = z.int().positive();

export const capacity = z.strictObject({
  systemMegabytes: z.int().nonnegative().default(512).describe("Memory that kernel, systemd, sshd and Docker take, in MB"),
  memoryPercent: percent.default(90).describe("How much of a shared host's memory may be given out; the rest is cache and burst"),
  cpuPercent: percent.default(80).describe("How much of its cores"),
  diskPercent: percent.default(80).describe("How much of its data volume may be given out as storage; the rest is for the database"),
  customer: z.strictObject({
    memoryMegabytes: memory.default(64).describe("Memory, in MB"),
    cores: cores.default(0.05).describe("Cores"),
    storageMegabytes: storage.optional().describe("Disk, in MB; what its limit `storageMegabytes` promises when absent"),
  }).prefault({}).describe("What a customer of a shared host is counted with"),
});

/** Where a tier differs. */
export const tierCapacity = z.strictObject({
  memoryMegabytes: memory.optional().describe("Memory, in MB"),
  cores: cores.optional().describe("Cores"),
  storageMegabytes: storage.optional().describe("Disk, in MB"),
});
