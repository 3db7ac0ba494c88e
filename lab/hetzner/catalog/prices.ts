/** Prices as the API gives them: decimal texts, net and gross, per location. */
import { salesLocations, type ServerType } from "./catalog.ts";
import table from "./prices.json" with { type: "json" };

interface Price {
  net: string;
  gross: string;
}

/** Hetzner caps a month at this many hours: the published hourly prices are the monthly ones divided by about 624. */
const hoursInMonth = 624;
const includedTraffic = 20 * 1024 ** 4;

function price(net: string | number, digits = 10): Price {
  const value = Number(net);
  return { net: value.toFixed(digits), gross: (value * (1 + Number(table.vat_rate) / 100)).toFixed(digits) };
}

const hourly = (monthly: string): Price => price((Number(monthly) / hoursInMonth).toFixed(4));

/** Net monthly price of a type at `when`; undefined when it is not sold any more. */
export function monthlyPrice(type: ServerType, when: Date): string | undefined {
  const valid = table.lists.filter((entry) => new Date(entry.since) <= when).at(-1) ?? table.lists[0]!;
  return (valid.server_types as Record<string, string | undefined>)[type.name];
}

/** `prices` of a server type. */
export function typePrices(type: ServerType, when = new Date()): object[] {
  const monthly = monthlyPrice(type, when);
  if (monthly === undefined) return [];
  return salesLocations.map((location) => ({
    location: location.name,
    price_hourly: hourly(monthly),
    price_monthly: price(monthly),
    included_traffic: includedTraffic,
    price_per_tb_traffic: price(table.traffic_tb),
  }));
}

/** `pricing` of GET /pricing. */
export function pricing(types: readonly ServerType[], when = new Date()): object {
  const perLocation = (monthly: string, withHours: boolean) =>
    salesLocations.map(({ name }) => ({ location: name, ...(withHours && { price_hourly: hourly(monthly) }), price_monthly: price(monthly) }));
  const perFamily = (prices: { ipv4: string; ipv6: string }, withHours: boolean) =>
    (["ipv4", "ipv6"] as const).map((type) => ({ type, prices: perLocation(prices[type], withHours) }));
  return {
    currency: table.currency,
    vat_rate: table.vat_rate,
    primary_ips: perFamily(table.primary_ip, true),
    floating_ip: { price_monthly: price(table.floating_ip.ipv4) },
    floating_ips: perFamily(table.floating_ip, false),
    image: { price_per_gb_month: price(table.image_gb) },
    volume: { price_per_gb_month: price(table.volume_gb) },
    server_backup: { percentage: table.backup_percentage },
    server_types: types.map((type) => ({ id: type.id, name: type.name, prices: typePrices(type, when) })).filter(({ prices }) => prices.length > 0),
    load_balancer_types: Object.entries(table.load_balancer_types).map(([name, monthly], index) => ({
      id: index + 1,
      name,
      prices: perLocation(monthly, true).map((entry) => ({ ...entry, included_traffic: includedTraffic, price_per_tb_traffic: price(table.traffic_tb) })),
    })),
  };
}
