import { err, ok } from "../result";
import type { Mailer } from "./mailer";

type Binding = { send(message: { from: string; to: string; subject: string; text: string }): Promise<unknown> };

/** Mail by Cloudflare's `send_email` binding. */
export function cloudflareMailer(binding: Binding, from: string): Mailer {
  return {
    send: async (letter) => {
      try {
        await binding.send({ from, ...letter });
        return ok(undefined);
      } catch (error) {
        return err(error instanceof Error ? error.message : String(error));
      }
    },
  };
}
