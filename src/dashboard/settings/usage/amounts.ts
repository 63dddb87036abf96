import { localeOf, type Language } from "../../../ui/language";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** Dollars and bytes in a language. */
export function amountsIn(language: Language) {
  const locale = localeOf(language);
  const inDollars = { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol" } as const;
  const cents = new Intl.NumberFormat(locale, inDollars);
  // A price may be a tenth of a cent.
  const exact = new Intl.NumberFormat(locale, { ...inDollars, maximumFractionDigits: 4 });
  const whole = new Intl.NumberFormat(locale, { ...inDollars, maximumFractionDigits: 0 });
  return {
    dollars: (value: number) => cents.format(value),
    wholeDollars: (value: number) => whole.format(value),
    unitPrice: (value: number) => exact.format(value),
    bytes: (value: number) => {
      const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3));
      const format = {
        style: "unit",
        unit: UNITS[step],
        unitDisplay: step === 0 ? "long" : "short",
        maximumFractionDigits: 1,
      } as const;
      return new Intl.NumberFormat(locale, format).format(value / 1000 ** step);
    },
  };
}
