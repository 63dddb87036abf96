import { expect, it } from "vitest";
import { addressAskedFor, splitAddress } from "../../src/lib/http/address";

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
