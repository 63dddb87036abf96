import { vi } from "vitest";

// Vitest gives up after a second, which is too early on a busy machine: a promised end state is polled for patiently.
const { waitFor } = vi;
vi.waitFor = (callback, options) =>
  waitFor(callback, typeof options === "number" ? options : { timeout: 20_000, ...options });
