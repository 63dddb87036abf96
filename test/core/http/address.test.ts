import { expect, it } from "vitest";
import { addressAskedFor, splitAddress } from "../../../src/lib/http/address";

it.each([
  ["https://h/p?a=O'Hara", { scheme: "https://", host: "h", port: "", rest: "/p?a=O'Hara" }],
  ["HTTPS://H:443?", { scheme: "HTTPS://", host: "H", port: ":443", rest: "?" }],
  ["http://user:p@[::1]:80/a//b/../c", { scheme: "http://", host: "[::1]", port: ":80", rest: "/a//b/../c" }],
  ["https://h/p#part", { scheme: "https://", host: "h", port: "", rest: "/p" }],
])("takes %s apart as it is written", (address, parts) => {
  expect(splitAddress(address)).toEqual(parts);
});

it("knows no parts of what has no host", () => {
  for (const text of ["", "/path", "mailto:a@b", "https://", "https:///p"]) expect(splitAddress(text)).toBeUndefined();
});

it("puts the configured origin in the place of the host we see, and changes nothing else", () => {
  expect(addressAskedFor("http://inside:8787/a'b?", "https://Calls.example")).toBe("https://Calls.example/a'b?");
  expect(addressAskedFor("http://inside:80/a?x=%7e", "")).toBe("http://inside:80/a?x=%7e");
});

it("takes the name of this machine that was asked for, where the origin is only what npm start says by itself", () => {
  for (const origin of ["http://localhost:8787", "http://127.0.0.1:8787", "http://[::1]:8787", "http://LOCALHOST"]) {
    expect(addressAskedFor("http://127.0.0.1:8787/a?b", origin)).toBe("http://127.0.0.1:8787/a?b");
    expect(addressAskedFor("http://[::1]:8787/a?b", origin)).toBe("http://[::1]:8787/a?b");
  }
  expect(addressAskedFor("http://127.0.0.1:8787/a", "https://localhost.example")).toBe("https://localhost.example/a");
});
