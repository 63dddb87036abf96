// As much of JSON Schema as the document of the API uses. A keyword that is not known here fails, so that nothing is
// taken for right that was not looked at.

export type Schema = Record<string, unknown>;

const DESCRIBING = new Set(["description", "example", "examples", "default", "title", "deprecated"]);
const FORMATS: Record<string, RegExp> = {
  "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  email: /^[^@\s]+@[^@\s]+$/,
  uri: /^[a-z][a-z0-9+.-]*:\S+$/,
  binary: /^/,
};

/**
 * What is wrong with a value, place by place. `closed`: a property that the schema does not name is wrong, also where
 * the schema allows others.
 */
export function faultsOf(document: unknown, schema: Schema, value: unknown, closed = false): string[] {
  return check(schema, value, "#");

  function check(one: Schema, given: unknown, at: string): string[] {
    if (typeof one["$ref"] === "string") return check(resolve(document, one["$ref"]), given, at);
    return Object.entries(one).flatMap(([keyword, wanted]) => byKeyword(one, keyword, wanted, given, at));
  }

  function byKeyword(whole: Schema, keyword: string, wanted: unknown, given: unknown, at: string): string[] {
    if (DESCRIBING.has(keyword)) return [];
    const refused = (is: boolean) => (is ? [] : [`${at}: ${keyword} ${JSON.stringify(wanted)}, is ${shown(given)}`]);
    switch (keyword) {
      case "type":
        return refused([wanted].flat().some((name) => isOf(String(name), given)));
      case "enum":
        return refused((wanted as unknown[]).includes(given));
      case "const":
        return refused(wanted === given);
      case "anyOf":
      case "oneOf": {
        const tries = (wanted as Schema[]).map((option) => check(option, given, at));
        return tries.some((found) => found.length === 0) ? [] : tries.flat();
      }
      case "properties":
        return isObject(given) ? ofProperties(whole, wanted as Record<string, Schema>, given, at) : [];
      case "required":
        if (!isObject(given)) return [];
        return (wanted as string[]).filter((name) => !(name in given)).map((name) => `${at}/${name}: is missing`);
      case "additionalProperties":
        return isObject(given) ? ofOthers(whole, wanted, given, at) : [];
      case "items":
        if (!Array.isArray(given)) return [];
        return given.flatMap((entry, index) => check(wanted as Schema, entry, `${at}/${index}`));
      case "prefixItems":
        if (!Array.isArray(given)) return [];
        return (wanted as Schema[]).flatMap((entry, index) => check(entry, given[index], `${at}/${index}`));
      case "pattern":
        return refused(typeof given !== "string" || new RegExp(String(wanted), "u").test(given));
      case "format": {
        const form = FORMATS[String(wanted)];
        if (!form) throw new Error(`the format ${String(wanted)} is not known`);
        return refused(typeof given !== "string" || form.test(given));
      }
      default:
        return refused(isWithin(keyword, Number(wanted), given));
    }
  }

  function ofProperties(whole: Schema, shape: Record<string, Schema>, given: object, at: string): string[] {
    const found = Object.entries(given).flatMap(([name, inner]) =>
      shape[name] && inner !== undefined ? check(shape[name], inner, `${at}/${name}`) : [],
    );
    if (!closed || isObject(whole["additionalProperties"])) return found;
    return [...found, ...othersOf(shape, given).map((name) => `${at}/${name}: is not in the schema`)];
  }

  function ofOthers(whole: Schema, wanted: unknown, given: object, at: string): string[] {
    const names = othersOf((whole["properties"] ?? {}) as object, given);
    if (wanted === false) return names.map((name) => `${at}/${name}: is not allowed`);
    if (!isObject(wanted)) return [];
    return names.flatMap((name) => check(wanted as Schema, (given as Record<string, unknown>)[name], `${at}/${name}`));
  }
}

/** What a reference of the document names. */
export function resolve(document: unknown, ref: string): Schema {
  const found = ref
    .replace(/^#\//, "")
    .split("/")
    .reduce((node: unknown, step) => (node as Record<string, unknown> | undefined)?.[step], document);
  if (!isObject(found)) throw new Error(`${ref} leads nowhere`);
  return found as Schema;
}

function othersOf(shape: object, given: object): string[] {
  return Object.keys(given).filter((name) => !(name in shape));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isOf(type: string, value: unknown): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}

function isWithin(keyword: string, bound: number, value: unknown): boolean {
  const size = typeof value === "string" || Array.isArray(value) ? value.length : undefined;
  const number = typeof value === "number" ? value : undefined;
  const compared = /Items$|Length$/.test(keyword) ? size : number;
  if (compared === undefined) return true;
  switch (keyword) {
    case "minimum":
    case "minItems":
    case "minLength":
      return compared >= bound;
    case "maximum":
    case "maxItems":
    case "maxLength":
      return compared <= bound;
    case "exclusiveMinimum":
      return compared > bound;
    case "exclusiveMaximum":
      return compared < bound;
    default:
      throw new Error(`the keyword ${keyword} is not known`);
  }
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? "undefined").slice(0, 120);
}
