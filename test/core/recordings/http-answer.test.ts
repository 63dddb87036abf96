import { expect, it } from "vitest";
import { declaredLength, failureOf } from "../../../src/recordings/http-answer";

function partial(range: string | null): Response {
  return new Response("", { status: 206, headers: range === null ? {} : { "content-range": range } });
}

it("takes a 206 that carries the whole file, though no range was asked for", () => {
  const response = partial("bytes 0-99/100");
  expect(failureOf(response, 0)).toBeUndefined();
  expect(declaredLength(response.headers)).toBe(100);
});

it.each(["bytes 0-49/100", "bytes 1-99/100", "bytes 0-99/*", "items 0-99/100", "", null])(
  "waits for the whole file where a 206 says %j",
  (range) => {
    expect(failureOf(partial(range), 0)).toMatchObject({
      kind: "not_ready",
      reason: expect.stringMatching(/^truncated: /),
    });
  },
);
