/** `cost:` and `advise:` of hosting.yaml: what hosting costs besides servers, and who should move up or down. Shapes only. */
import { z } from "zod";

const amount = z.number().nonnegative();

export const cost = z.strictObject({
  backup: amount.default(0).describe("What backups of one host cost a month, in the platform's currency"),
  common: z.array(z.strictObject({
    name: z.string().min(1).max(40).describe("What it is: monitoring, domain, mail"),
    price: amount.describe("What it costs, in the platform's currency"),
    every: z.enum(["month", "year"]).default("month").describe("How often that is paid"),
  })).default([]).describe("What the platform costs besides hosts; shared by all customers alike"),
});

const bounds = {
  users: z.number().positive(),
  ordersPerMonth: z.number().positive(),
  requestsPerDay: z.number().positive(),
} as const;

/** The defaults are those of the platforms that Etage was made after. */
export const advise = z.strictObject({
  up: z.strictObject({
    users: bounds.users.default(50).describe("People with a login"),
    ordersPerMonth: bounds.ordersPerMonth.default(5000).describe("Orders in a calendar month, where the app's `usage` tells them"),
    requestsPerDay: bounds.requestsPerDay.default(100_000).describe("Requests a day, on average over the month"),
    labels: z.array(z.string().min(1)).default(["compliance"]).describe("A customer with one of these labels belongs on a host of its own, whatever it uses"),
  }).prefault({}).describe("With more than one of these a customer should have a host of its own"),
  down: z.strictObject({
    users: bounds.users.default(20).describe("People with a login"),
    ordersPerMonth: bounds.ordersPerMonth.default(1000).describe("Orders in a calendar month"),
    requestsPerDay: bounds.requestsPerDay.optional().describe("Requests a day, on average over the month"),
  }).prefault({}).describe("With less than all of these a customer could do with a shared host"),
  limitPercent: z.int().min(1).max(100).default(80).describe("From here on a limit is nearly reached"),
  revenue: amount.default(1000).describe("What all customers together should pay a month before hosts of their own are worth the work"),
});
