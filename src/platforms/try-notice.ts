import type { CallFacts } from "../calls";
import type { FieldError, ReadingConfig, Platform } from "./contract";
import { tryMapping, type Mapping } from "./mapping";

/** The result of a sample notice. `ignored` is the reason why it would be ignored; else null. */
export type TriedNotice = {
  facts: CallFacts[];
  ignored: string | null;
  problems: FieldError[];
  unmapped: string[];
};

/**
 * Reads a sample as the source would read a notice, and stores nothing. The sample is the notice as JSON, or the whole
 * body as text, for platforms that send forms and where every digit of a long number counts.
 */
export async function tryNotice(
  platform: Platform,
  source: ReadingConfig & { kind: string },
  sample: unknown,
): Promise<TriedNotice> {
  const isMapped = "mapping" in platform.settings.shape;
  if (isMapped && typeof sample === "object") {
    const { mapping } = source.settings as { mapping?: Mapping };
    return tried(await tryMapping({ mapping, sample, settings: source.settings }, source));
  }
  const { body, contentType } = bodyOfSample(platform, sample);
  const reading = await platform.read(body, contentType, source);
  if (!reading.ok) {
    const { errors = [], message } = reading.error;
    return { ...NOTHING, problems: errors.length > 0 ? errors : [{ field: "sample", message }] };
  }
  if (reading.value.kind === "ignored") return { ...NOTHING, ignored: reading.value.message };
  return { ...NOTHING, facts: reading.value.facts };
}

/** The body of a sample, given as `tryNotice` takes it, as the platform would send it, and the body's type. */
export function bodyOfSample(
  platform: Platform,
  sample: unknown,
): { body: Uint8Array<ArrayBuffer>; contentType: string } {
  const text = typeof sample === "string" ? sample : JSON.stringify(sample);
  const sent = platform.bodyOf?.(text) ?? text;
  return { body: new Uint8Array(new TextEncoder().encode(sent)), contentType: contentTypeOf(sent) };
}

/** A try-out of a mapping in the same words. */
export function tried({ facts, ignored, problems, unmapped }: Awaited<ReturnType<typeof tryMapping>>): TriedNotice {
  return {
    facts: facts === null ? [] : [facts],
    ignored: ignored ? "The mapping's only_if says no to this notice." : null,
    problems,
    unmapped,
  };
}

const NOTHING: TriedNotice = { facts: [], ignored: null, problems: [], unmapped: [] };

function contentTypeOf(text: string): string {
  if (/^\s*[{[]/.test(text)) return "application/json";
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text) ? "application/jwt" : "application/x-www-form-urlencoded";
}
