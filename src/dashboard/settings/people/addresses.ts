import { emailAddress } from "../../../identity";

/** Addresses of one form, at most. */
export const MOST_ADDRESSES = 200;

/**
 * What a person pasted: a list, or a spreadsheet's columns. `others` are the cells without an @: names or headings, or addresses
 * that lost theirs, so whoever pasted them is told.
 */
export function addressesIn(text: string): { emails: string[]; wrong: string[]; others: string[] } {
  const cells = text.split(/[\n\r,;\t]+/).map((cell) => cell.trim().replaceAll(/^["'<\s]+|["'>\s]+$/g, ""));
  const emails = new Set<string>();
  const wrong: string[] = [];
  for (const cell of cells.filter((one) => one.includes("@"))) {
    // "Ana Ruiz <ana@acme.example>", as mail programs write it.
    const parsed = emailAddress.safeParse(/<([^<>]+)$/.exec(cell)?.[1] ?? cell);
    if (parsed.success) emails.add(parsed.data);
    else wrong.push(cell.slice(0, 100));
  }
  const others = new Set(cells.filter((one) => one !== "" && !one.includes("@")).map((one) => one.slice(0, 100)));
  return { emails: [...emails], wrong, others: [...others] };
}
