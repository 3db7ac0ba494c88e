/** Amounts of money as people read them. */

/** `€1,075.00`; of a currency that nobody knows, its three letters. */
export const money = (amount: number, currency: string): string => new Intl.NumberFormat("en", { style: "currency", currency }).format(amount);

/** Empty where nothing is known. */
export const moneyOr = (amount: number | null, currency: string, otherwise = ""): string => amount === null ? otherwise : money(amount, currency);

/** To the cent, for programs. */
export const cents = (amount: number): number => Math.round(amount * 100) / 100;
