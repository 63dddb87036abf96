import { CLOCKS, MOST_DAYS, type Clock, type Clocks } from "../../privacy";
import type { FieldErrors } from "../../ui/components/form";
import { wordsOf } from "../../ui/strings/define";
import { retentionWords } from "../../ui/strings/retention";
import type { View } from "../../ui/view";
import { amountIn } from "../amount";
import type { Fields } from "../forms";

/** `inherit`: a campaign has no clock of its own; of the organization, which inherits from nobody, it is `never`. */
export type ClockMode = "inherit" | "never" | "after";
/** What the form has of each clock: when, and the days as they were typed. */
export type ClockFields = Record<Clock, { mode: ClockMode; days: string }>;

/** Those of a campaign that are stored, as its form has them; of the organization, whose clocks inherit nothing. */
export function clockFieldsOf(clocks: Clocks, isCampaign: boolean): ClockFields {
  return fieldsBy((clock) => {
    const days = clocks[clock];
    const none = isCampaign && days === undefined ? "inherit" : "never";
    return typeof days === "number" ? { mode: "after", days: String(days) } : { mode: none, days: "" };
  });
}

/** What was sent. What is no mode is the first one of the form. */
export function clockFieldsIn(form: Fields, isCampaign: boolean): ClockFields {
  const modes: readonly ClockMode[] = isCampaign ? ["inherit", "never", "after"] : ["never", "after"];
  return fieldsBy((clock) => ({
    mode: modes.find((mode) => mode === form.text(`${clock}.mode`)) ?? modes[0]!,
    days: form.text(`${clock}.days`).trim().slice(0, 20),
  }));
}

function fieldsBy(of: (clock: Clock) => ClockFields[Clock]): ClockFields {
  return Object.fromEntries(CLOCKS.map((clock) => [clock, of(clock)])) as ClockFields;
}

/** The clocks that the fields say, or what is wrong with them. The organization's `never` is no clock at all. */
export function clocksIn(
  fields: ClockFields,
  isCampaign: boolean,
  { language, formats }: View,
): { clocks: Clocks } | { errors: FieldErrors } {
  const words = wordsOf(retentionWords, language);
  const errors: { field: string; message: string }[] = [];
  const clocks: Clocks = {};
  for (const clock of CLOCKS) {
    const { mode, days } = fields[clock];
    if (mode === "after") {
      const bounds = { least: 1, most: MOST_DAYS, decimals: 0 };
      const whole = amountIn(days, language, bounds, words.badDays(formats.number(MOST_DAYS)));
      if ("value" in whole) clocks[clock] = whole.value;
      else errors.push({ field: `${clock}.days`, message: `${words[clock]}: ${whole.message}` });
    } else if (days !== "") {
      errors.push({ field: `${clock}.days`, message: `${words[clock]}: ${words.daysWithout}` });
    } else if (mode === "never" && isCampaign) clocks[clock] = null;
  }
  return errors.length > 0 ? { errors } : { clocks };
}

/** The fields as hidden ones, by name. */
export function hiddenFieldsOf(fields: ClockFields): Record<string, string> {
  return Object.fromEntries(
    CLOCKS.flatMap((clock) => [
      [`${clock}.mode`, fields[clock].mode],
      [`${clock}.days`, fields[clock].days],
    ]),
  );
}
