import { describe, expect, it } from "vitest";
import { NetworkFailure } from "../../../src/lib/outbound";
import { finalAnswer } from "../../../src/lib/outbound/final-answer";

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** An interim answer as the local runtime gives it: what follows on the connection is its body. */
function interim(rest: string, pieceLength = rest.length, ends = true): { response: Response; isCancelled(): boolean } {
  let cancelled = false;
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at < rest.length) {
        controller.enqueue(bytes(rest.slice(at, at + pieceLength)));
        at += pieceLength;
      } else if (ends) controller.close();
    },
    cancel: () => void (cancelled = true),
  });
  return {
    response: { status: 103, body, headers: new Headers() } as unknown as Response,
    isCancelled: () => cancelled,
  };
}

async function received(rest: string, pieceLength?: number, ends?: boolean) {
  const answer = await finalAnswer(interim(rest, pieceLength, ends).response);
  return { status: answer.status, type: answer.headers.get("content-type"), body: await answer.text() };
}

const PLAIN = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok";
const CHUNKED =
  "HTTP/1.1 500 Oops\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n" +
  "5;x=1\r\nwhy i\r\n9\r\nt\r\nfailed\r\n0\r\nX: 1\r\n\r\n";

describe("the answer behind interim ones", () => {
  it.for([
    ["with a length", PLAIN, { status: 200, type: "text/plain", body: "ok" }],
    [
      "behind another interim one",
      `HTTP/1.1 100 Continue\r\n\r\n${PLAIN}`,
      { status: 200, type: "text/plain", body: "ok" },
    ],
    ["in chunks", CHUNKED, { status: 500, type: "text/plain", body: "why it\r\nfailed" }],
    [
      "until the connection ends",
      "HTTP/1.1 404\r\n\r\nnothing here",
      { status: 404, type: null, body: "nothing here" },
    ],
    [
      "without a body",
      "HTTP/1.1 204 No Content\r\nX-Note: Ma\u00f1ana \u0085\r\n\r\n",
      { status: 204, type: null, body: "" },
    ],
    ["line ends without CR", "HTTP/1.1 201 Made\nContent-Length: 1\n\nx", { status: 201, type: null, body: "x" }],
  ] as const)("%s, in one piece and byte by byte", async ([, rest, right]) => {
    expect(await received(rest)).toEqual(right);
    expect(await received(rest, 1)).toEqual(right);
  });

  it("is there before the connection ends, and lets go of it", async () => {
    const { response, isCancelled } = interim(`${PLAIN}HTTP/1.1`, 7, false);
    const answer = await finalAnswer(response);
    expect(await answer.text()).toBe("ok");
    expect(isCancelled()).toBe(true);
  });

  it.for([
    ["nothing follows", "", "closed"],
    ["the next head is cut", "HTTP/1.1 200 OK\r\nContent-Le", "closed"],
    ["something else follows", "SSH-2.0-OpenSSH\r\n\r\n", "unknown"],
    ["a head without end", "x".repeat(70_000), "unknown"],
  ] as const)("is missing where %s", async ([, rest, kind]) => {
    const failure: unknown = await finalAnswer(interim(rest).response).catch((cause: unknown) => cause);
    expect(failure).toBeInstanceOf(NetworkFailure);
    expect(failure).toMatchObject({ kind });
  });

  it("leaves every other answer as it is", async () => {
    const answer = new Response("HTTP/1.1 500 Oops\r\n\r\n", { status: 200 });
    expect(await finalAnswer(answer)).toBe(answer);
  });
});
