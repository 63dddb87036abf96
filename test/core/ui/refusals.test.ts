import { describe, expect, it } from "vitest";
import type { DomainError } from "../../../src/errors";
import { GLOSSARY } from "../../../src/ui/strings/glossary";
import { REFUSALS } from "../../../src/ui/strings/refusal-list";
import { detailIn, fieldErrorsIn, refusalText, refusalWords, sentenceIn } from "../../../src/ui/strings/refusals";

/** The sources of what the pages of a person and of the organization's settings refuse. */
const sources = import.meta.glob<string>(
  [
    "../../../src/identity/second-factors/*.ts",
    "../../../src/identity/required-factor.ts",
    "../../../src/identity/people/{confirm,passwords,sessions,sign-in,sign-in-attempts,users}.ts",
    "../../../src/operators/*.ts",
    "../../../src/quality/{consensus,reviews}/*.ts",
  ],
  { query: "?raw", import: "default", eager: true },
);

/** Every sentence that stands in these, with a value in each of its places. */
const sentences = Object.values(sources).flatMap((text) => {
  const found = text.matchAll(
    /(?:message:|conflict\(|refuse\(|invalid\("\w+",)\s*(?:`((?:[^`\\]|\\.)*)`|"((?:[^"\\]|\\.)*)")/g,
  );
  return [...found].map(([, template, plain]) => (template ?? plain ?? "").replaceAll(/\$\{[^}]*\}/g, "42"));
});

/** What platforms say of a notice that they ignore, and a mapping of what does not fit it. */
const readers = import.meta.glob<string>(["../../../src/platforms/**/*.ts"], {
  query: "?raw",
  import: "default",
  eager: true,
});

const saidOfNotices = Object.values(readers).flatMap((text) => {
  const found = text.matchAll(
    /(?:ignored\(\s*"\w+",|reason: "\w+", message:|reader\.wrong\([^,]+,|toText\(value, [^)]*\),|toNumber,)\s*(?:`((?:[^`\\]|\\.)*)`|"((?:[^"\\]|\\.)*)")/g,
  );
  return [...found].map(([, template, plain]) => (template ?? plain ?? "").replaceAll(/\$\{[^}]*\}/g, "42"));
});

/** What is stored of failures: of engines, of storages and of deliveries. */
const stored = import.meta.glob<string>(
  [
    "../../../src/actions/*.ts",
    "../../../src/analysis/*.ts",
    "../../../src/analysis/{decode,scores,transcription,redaction}/**/*.ts",
    "../../../src/connectors/**/*.ts",
    "../../../src/delivery/object/attempt.ts",
    "../../../src/jobs/bring-in.ts",
    "../../../src/lib/{ftp,outbound,ssh}/*.ts",
    "../../../src/lib/network-guard.ts",
    "../../../src/pipeline/*.ts",
  ],
  { query: "?raw", import: "default", eager: true },
);

const saidOfFailures = Object.values(stored).flatMap((text) => {
  const found = text.matchAll(
    /(?:\bdetail[:=] |\bdetail = |failure\("\w+", |(?:Ftp|Ssh|Network)Failure\(\s*"\w+",\s*|late\(|broken\(|message: |without\()(?:`((?:[^`\\]|\\.)*)`|"((?:[^"\\]|\\.)*)")/g,
  );
  return [...found].map(([, template, plain]) =>
    (template ?? plain ?? "").replaceAll(/\$\{(?:[^{}]|\{[^}]*\})*\}/g, "42"),
  );
});

describe("refusals", () => {
  it("that are stored of a failure each have their sentence in Spanish", () => {
    expect(saidOfFailures.length).toBeGreaterThan(80);
    // What stands before another sentence, and what ends in a term of a protocol: that is quoted as a whole.
    // A container with its codec is two names.
    const quoted = [
      "42 with 42",
      "twice: 42",
      "blocked: 42",
      "42 of 42 bytes came; 42",
      "the server broke the protocol: 42",
    ];
    const isWords = (sentence: string) => /[a-z]{3,}/.test(sentence) && !quoted.includes(sentence);
    const missing = saidOfFailures.filter((sentence) => isWords(sentence) && detailIn(sentence, "es") === undefined);
    expect(missing).toEqual([]);
  });

  it("are found behind the code or the host that they stand behind, and what others said is not ours", () => {
    expect(detailIn("crm.test:8443: the connection failed", "es")).toBe("crm.test:8443: falló la conexión");
    expect(detailIn("refused: blocked: crm is not a full domain name", "es")).toBe(
      "refused: blocked: crm no es un nombre de dominio completo",
    );
    expect(detailIn("HTTP 401: Invalid credentials.", "es")).toBeUndefined();
    expect(detailIn("Something else: no answer", "es")).toBeUndefined();
    expect(detailIn("Something else: no answer", "en")).toBe("Something else: no answer");
  });

  it("of a notice that somebody tries each have their sentence in Spanish", () => {
    expect(saidOfNotices.length).toBeGreaterThan(20);
    expect(saidOfNotices.filter((sentence) => sentenceIn(sentence, "es") === undefined)).toEqual([]);
  });

  it("each has its sentence in Spanish", () => {
    expect(sentences.length).toBeGreaterThan(20);
    const missing = sentences.filter((sentence) => sentence !== "42 42." && sentenceIn(sentence, "es") === undefined);
    expect(missing).toEqual([]);
  });

  it("of the list keep their values, and the words of the glossary", () => {
    for (const [english, spanish] of REFUSALS) {
      let number = 0;
      const sentence = english.replaceAll("{}", () => `value-${++number}`);
      const translated = sentenceIn(sentence, "es") ?? "";
      expect(translated, english).not.toBe(sentence);
      expect(translated, english).not.toMatch(/\{\d?\}|`/);
      expect(sentenceIn(sentence, "en"), english).not.toContain("`");
      if (!/\{\d\}/.test(spanish))
        for (let at = 1; at <= number; at += 1) expect(translated, english).toContain(`value-${at}`);
      for (const [word, translation] of GLOSSARY) if (word.test(english)) expect(spanish, english).toMatch(translation);
    }
  });

  it("that no one has translated are said by their kind, and never in English", () => {
    const unknown = "Nobody has translated this sentence.";
    const { es } = refusalWords;
    const errors: [DomainError, string][] = [
      [{ kind: "conflict", message: unknown }, es.conflict],
      [{ kind: "forbidden", message: unknown }, es.forbidden],
      [{ kind: "unauthenticated", message: unknown }, es.unauthenticated],
      [{ kind: "not_found", what: "call" }, es.not_found],
      [{ kind: "permission_missing", permission: "calls:read" }, es.permission_missing],
      [{ kind: "confirmation_required" }, es.confirmation_required],
      [{ kind: "second_factor_required" }, es.second_factor_required],
      [{ kind: "too_many", message: unknown, retryAfter: 61 }, es.too_many(2)],
      [{ kind: "invalid", fields: [{ field: "name", message: unknown }] }, es.invalid],
    ];
    for (const [error, text] of errors) expect(refusalText(error, "es")).toBe(text);
  });

  it("of fields are named by their code where the sentence is not known", () => {
    const fields = [
      { field: "a", message: "must have at most 7 odd things", code: "too_long" },
      { field: "b", message: "is not your password", code: "too_long" },
      { field: "c", message: "is odd", code: "odd" },
    ];
    expect(fieldErrorsIn(fields, "es")).toEqual([
      { field: "a", message: "es demasiado largo" },
      { field: "b", message: "no es su contraseña" },
      { field: "c", message: "no es válido" },
    ]);
    expect(fieldErrorsIn(fields, "en")[0]?.message).toBe("must have at most 7 odd things");
  });

  it("of values say what a value may be, and the list that says it more exactly goes first", () => {
    expect(sentenceIn("must have at most 7 characters", "es")).toBe("debe tener 7 caracteres como máximo");
    expect(sentenceIn("must be at least 1", "es")).toBe("debe ser 1 como mínimo");
    expect(sentenceIn("must be at most 31 days before until", "es")).toBe("debe ser como máximo 31 días antes del fin");
  });

  it("keep what a value says, whatever it looks like", () => {
    expect(sentenceIn("The key was rotated already: key_$1{}.* replaces it.", "es")).toBe(
      "La clave ya se renovó: la reemplaza key_$1{}.*.",
    );
    expect(sentenceIn("pseudo", "pseudo")).toContain("psé");
  });
});
