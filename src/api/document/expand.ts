import { expandable } from "../expand";
import type { Document, Operation, Parameter, Schema } from "./shape";

/** The parameter that adds to an answer what its ids name; none where it has no such ids. */
export function expandOf({ components }: Document, operation: Operation): Parameter[] {
  const resolved = (schema: Schema | undefined): Schema | undefined =>
    schema?.$ref === undefined ? schema : components.schemas[schema.$ref.split("/").at(-1) ?? ""];
  const shown = resolved(operation.responses["200"]?.content?.["application/json"]?.schema);
  const list = shown?.properties?.["data"] as (Schema & { items?: Schema }) | undefined;
  const names = expandable(Object.keys((list ? resolved(list.items) : shown)?.properties ?? {}));
  if (names.length === 0) return [];
  return [
    {
      name: "expand",
      in: "query",
      description: `Shows what an id names beside it, as its own read does, such as \`${names[0]}\` beside \`${names[0]}_id\`: names with commas between them, of ${names.map((name) => `\`${name}\``).join(", ")}. Null where the caller may not read it.`,
      schema: { type: "string" },
    },
  ];
}
