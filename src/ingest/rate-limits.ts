import type { Limits } from "./deps";

type Bindings = { SOURCE_LIMIT?: RateLimit; REFUSAL_LIMIT?: RateLimit };

/**
 * The deployment's rate limits (wrangler.toml). A limiter that is missing or fails limits no one: it protects cost and
 * log, and calls are worth more than both.
 */
export function rateLimits({ SOURCE_LIMIT, REFUSAL_LIMIT }: Bindings): Limits {
  return {
    proven: (sourceId) => isWithin(SOURCE_LIMIT, sourceId),
    refused: (name) => isWithin(REFUSAL_LIMIT, name),
  };
}

async function isWithin(limit: RateLimit | undefined, key: string): Promise<boolean> {
  if (!limit) return true;
  try {
    return (await limit.limit({ key })).success;
  } catch {
    return true;
  }
}
