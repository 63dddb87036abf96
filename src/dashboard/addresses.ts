import { Hono } from "hono";

const ADDRESSES = { name: "trunkline", health: "/health", openapi: "/openapi.json" } as const;

/** `/` for a program: where to go on. A browser is led to sign-in or its pages before (auth/entrance.ts). */
export function addressRoutes() {
  return new Hono().get("/", (c) => {
    c.header("vary", "Accept");
    c.header("cache-control", "no-cache");
    return c.json(ADDRESSES);
  });
}
