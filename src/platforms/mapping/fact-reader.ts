import { foldWord, toText } from "../reading/coerce";
import type { FieldError } from "../contract";
import type { Evaluate } from "./evaluator";
import { parseExpression } from "./expression";
import type { DateOrder, Unit } from "./moment";
import type { Fact } from "./schema";

/** How a value is to be read, where the mapping has more than its path. */
export type How = { unit?: Unit; format?: DateOrder };

/** Reads facts and gathers what is wrong with them, so that everything is reported at once. */
export type FactReader = {
  /** What an expression finds in the body or a part of it; null where it cannot be worked out, which is gathered. */
  value(field: string, expression: string, part?: unknown): unknown;
  /**
   * The fact as `read` makes it of the value; null where there is none. `read` gives undefined for what it cannot be.
   */
  fact<T>(
    field: string,
    fact: Fact | undefined,
    read: (value: unknown, how: How) => T | null | undefined,
    problem: string,
  ): T | null;
  /** Notes a problem. */
  wrong(field: string, message: string, code?: string): void;
  problems: FieldError[];
};

export function factReader(evaluate: Evaluate): FactReader {
  const problems: FieldError[] = [];
  const wrong = (field: string, message: string, code?: string) =>
    void problems.push({ field, message, ...(code !== undefined && { code }) });
  const value: FactReader["value"] = (field, text, part) => {
    const parsed = parseExpression(text);
    const found = parsed.ok ? evaluate(parsed.value, part) : parsed;
    if (found.ok) return found.value;
    wrong(field, found.error);
    return null;
  };
  return {
    problems,
    wrong,
    value,
    fact(field, fact, read, problem) {
      if (fact === undefined) return null;
      const how = typeof fact === "string" ? { path: fact } : fact;
      const found = "const" in how ? how.const : wordOf(value(field, how.path), how.values);
      if (found === null || found === undefined) return null;
      const result = read(found, "const" in how ? {} : how);
      if (result !== undefined) return result;
      wrong(field, problem);
      return null;
    },
  };
}

/** The word that stands for theirs, by its very spelling or whatever its case; theirs where none does. */
function wordOf(value: unknown, words: Readonly<Record<string, string>> | undefined): unknown {
  const text = toText(value);
  if (words === undefined || typeof text !== "string") return value;
  const folded = foldWord(text);
  const name = Object.hasOwn(words, text)
    ? text
    : Object.keys(words).find((word) => word !== "*" && foldWord(word) === folded);
  const other = Object.hasOwn(words, "*") ? words["*"] : value;
  return name === undefined ? other : words[name];
}
