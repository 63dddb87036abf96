import { describe, expect, it } from "vitest";
import { findPii } from "../../../../src/analysis/redaction";
import { SAMPLES, utterancesOf } from "./samples";

describe("what is found in what was said", () => {
  for (const { name, said, found } of SAMPLES) {
    it(name, () => {
      const utterances = utterancesOf(said);
      const seen = findPii(utterances).map(({ kind, pieces }) => [
        kind,
        pieces.map(({ utterance, from, to }) => utterances[utterance]?.words.slice(from, to).join(" ")).join(" / "),
      ]);
      expect(seen).toEqual(found);
    });
  }
});
