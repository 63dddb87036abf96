import { registerHooks } from "node:module";

// Sources import each other without an extension, as the bundler allows; Node needs the file name.
registerHooks({
  resolve(specifier, context, next) {
    try {
      return next(specifier, context);
    } catch (cause) {
      if (!specifier.startsWith(".")) throw cause;
      try {
        return next(`${specifier}.ts`, context);
      } catch {
        return next(`${specifier}/index.ts`, context);
      }
    }
  },
});

/** A request as a profile makes it. */
export type MadeRequest = { method: "POST" | "PUT"; headers: Record<string, string>; body: string };

export type ProfileName = "standard" | "audian" | "voqo" | "voicesense" | "authentivoice";

type Profiles = Record<ProfileName, { request(context: Record<string, unknown>): Promise<MadeRequest> }>;

/** The profiles themselves, as the Worker runs them. */
export const { profiles } = (await source("delivery/profiles")) as { profiles: Profiles };

export const { eventExamples } = (await source("events")) as { eventExamples: Record<string, Record<string, unknown>> };

export const { pythonJson } = (await source("lib/python-json")) as { pythonJson(value: unknown): string };

/** A module of ours. Not a literal, so that what is type-checked for Node does not reach into what is for Workers. */
export async function source(name: string): Promise<unknown> {
  return import(`../../src/${name}`);
}
