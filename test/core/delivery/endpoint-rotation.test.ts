import { describe, expect, it } from "vitest";
import { rotated, signingAt } from "../../../src/delivery/endpoints";
import { newSigningKey } from "../../../src/delivery/profiles";

const NOW = 1_700_000_000_000;
const current = (value: string) => ({ value, until: null });
const fresh = (value: string) => ({ value, until: null, since: NOW });

describe("a rotation", () => {
  it("puts the new secret first and lets the old one sign on until the overlap ends", () => {
    expect(rotated([current("old")], "new", 60_000, NOW)).toEqual([
      fresh("new"),
      { value: "old", until: NOW + 60_000 },
    ]);
  });

  it("forgets everything older without an overlap", () => {
    expect(rotated([current("old"), { value: "older", until: NOW + 1 }], "new", 0, NOW)).toEqual([fresh("new")]);
  });

  it("shortens what was to sign longer, lengthens nothing, and drops what has run out", () => {
    const secrets = [
      current("old"),
      { value: "short", until: NOW + 10 },
      { value: "long", until: NOW + 99_999 },
      { value: "over", until: NOW },
    ];
    expect(rotated(secrets, "new", 100, NOW)).toEqual([
      fresh("new"),
      { value: "old", until: NOW + 100 },
      { value: "short", until: NOW + 10 },
      { value: "long", until: NOW + 100 },
    ]);
  });

  it("does not list a secret twice that comes back", () => {
    const secrets = [current("b"), { value: "a", until: NOW + 10 }];
    expect(rotated(secrets, "a", 100, NOW)).toEqual([fresh("a"), { value: "b", until: NOW + 100 }]);
  });

  it("renews an Ed25519 key along, and makes none where there was none", () => {
    const key = newSigningKey();
    const [secret, renewed, ...old] = rotated([current("old"), current(key)], "new", 100, NOW);
    expect(secret).toEqual(fresh("new"));
    expect(renewed).toEqual(fresh(expect.stringMatching(/^whsk_/)));
    expect(renewed?.value).not.toBe(key);
    expect(old.map(({ value }) => value)).toEqual(["old", key]);
    // A key that only signs along for a while was switched off or rotated out before: it has no successor.
    expect(rotated([current("old"), { value: key, until: NOW + 10 }], "new", 100, NOW)).toHaveLength(3);
  });

  it("ends with the moment its overlap names", () => {
    const secrets = rotated([current("old")], "new", 100, NOW);
    expect(signingAt(secrets, NOW + 99).map(({ value }) => value)).toEqual(["new", "old"]);
    expect(signingAt(secrets, NOW + 100).map(({ value }) => value)).toEqual(["new"]);
  });
});
