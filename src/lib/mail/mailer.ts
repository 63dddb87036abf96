import type { Result } from "../result";

/** A letter in plain text: every reader shows it, and no link in it hides its address. */
export type Letter = { to: string; subject: string; text: string };

/** Hands a letter over to whoever delivers it. The failure is for the log and for the person who asked. */
export type Mailer = { send(letter: Letter): Promise<Result<void, string>> };
