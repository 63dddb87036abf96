/**
 * Fields that the name of a file may give, as uploads name them (docs/use/upload-recordings.md); `campaign` is the id, the
 * number or the name of one, or what the connector's table calls it.
 */
export const NAMED_FIELDS = [
  "external_id",
  "campaign",
  "operator",
  "from",
  "to",
  "direction",
  "started_at",
  "account",
  "status",
  "notes",
] as const;

const PIECE = /\{(\w+)\}|\*|[^{}*]+/g;

/** Whether a text is a naming: known fields in braces, each once, with something between any two. */
export function isNaming(naming: string): boolean {
  const pieces = piecesOf(naming);
  const fields = pieces.flatMap((piece) => piece.field ?? []);
  const touch = pieces.some((piece, at) => isOpen(piece) && isOpen(pieces[at + 1]));
  return (
    pieces.map(({ text }) => text).join("") === naming &&
    fields.length > 0 &&
    new Set(fields).size === fields.length &&
    fields.every((field) => (NAMED_FIELDS as readonly string[]).includes(field)) &&
    !touch
  );
}

/**
 * The fields in the path of a file below the import path: `{operator}/{started_at}_{from}` in `Ana/20260820T140000_+5411…`.
 * Empty when the path is of another form. A time of digits alone is read as year, month, day, hour, minute, second.
 */
export function readName(naming: string | null, path: string): Map<string, string> {
  if (naming === null) return new Map();
  const pieces = piecesOf(naming);
  const source = pieces.map(({ field, text }) => (field || text === "*" ? "([^/]*?)" : escape(text))).join("");
  const found = new RegExp(`^${source}$`, "iu").exec(withoutEnding(path));
  if (!found) return new Map();
  const open = pieces.filter(isOpen);
  return new Map(
    open.flatMap(({ field }, at) => {
      const value = found[at + 1]?.trim() ?? "";
      if (field === undefined || value === "") return [];
      return [[field, field === "started_at" ? timeOf(value) : value] as const];
    }),
  );
}

type Piece = { field?: string; text: string };

function piecesOf(naming: string): Piece[] {
  return [...naming.matchAll(PIECE)].map(([text, field]) => ({ text, ...(field !== undefined && { field }) }));
}

function isOpen(piece: Piece | undefined): boolean {
  return piece !== undefined && (piece.field !== undefined || piece.text === "*");
}

/** Names of files cannot have a colon, so the time in them is written with other signs, or none. */
export function timeOf(value: string): string {
  const [, year, month, day, hour, minute, second = "00"] =
    /^(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})[-_.T ]?(\d{2})[-_.]?(\d{2})[-_.]?(\d{2})?$/i.exec(value) ?? [];
  return year === undefined ? value : `${year}-${month}-${day} ${hour}:${minute}:${second}`;
}

function withoutEnding(path: string): string {
  return path.replace(/\.[^./]{1,8}$/, "");
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
