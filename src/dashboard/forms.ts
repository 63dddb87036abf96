import type { DomainError } from "../errors";
import { may, needsConfirmation, type Permission } from "../identity";
import { digestOf } from "../lib/id";
import { KEPT } from "../ui/components/choices";
import type { FieldErrors } from "../ui/components/form";
import { fieldErrorsIn, refusalText } from "../ui/strings/refusals";
import type { View } from "../ui/view";
import { askToConfirm } from "./confirmation/confirm";
import { isOwnForm, type PageContext } from "./deps";
import { lackingAnswer, notFoundAnswer, refusedAnswer, staleAnswer } from "./message-page";

/** What a form sent, as texts. */
export type Fields = { text(name: string): string; all(name: string): string[] };

/**
 * What a form says of a field, or said of it before a choice took the field out of it; undefined where it never had it.
 */
export function typedIn(form: Fields, name: string): string | undefined {
  return form.all(name)[0] ?? form.all(`${KEPT}${name}`)[0];
}

/** Lets a page be opened by those who have the permission only. */
export function needs(permission: Permission) {
  return async (c: PageContext, next: () => Promise<void>) =>
    may(c.var.visitor.caller, permission) ? next() : lackingAnswer(c.var.view, c.var.visitor.caller, permission);
}

/** The form of a person who may do this, or the answer that refuses it. Secrets and rights ask who they are again. */
export async function ownForm(c: PageContext, permission: Permission): Promise<Fields | Response> {
  const { visitor, view } = c.var;
  const sent = await c.req.parseBody({ all: true });
  if (!may(visitor.caller, permission)) return lackingAnswer(view, visitor.caller, permission);
  if (!(await isOwnForm(c, sent))) return staleAnswer(view);
  const asked = needsConfirmation(permission) ? await askToConfirm(c) : undefined;
  if (asked) return asked;
  const all = (name: string) => [sent[name] ?? []].flat().filter((one) => typeof one === "string");
  return { all, text: (name) => all(name)[0] ?? "" };
}

/** What a verb refuses, as a page: it is not there, or it is said why. */
export function failureAnswer(c: PageContext, error: DomainError): Promise<Response> {
  const { view } = c.var;
  return error.kind === "not_found" ? notFoundAnswer(view) : refusedAnswer(view, refusalText(error, view.language));
}

/** What a verb refuses, beside the fields of its form; `whole` is the field beside which stands what concerns none. */
export function fieldErrorsFrom({ language }: View, error: DomainError, whole: string): FieldErrors {
  if (error.kind === "invalid") return fieldErrorsIn(error.fields, language);
  return [{ field: whole, message: refusalText(error, language), label: "" }];
}

/**
 * What a form was filled with when it was shown. Sent back with it, it says whether someone else has changed the thing
 * meanwhile.
 */
export function seenOf(values: Readonly<Record<string, unknown>>): Promise<string> {
  return digestOf([JSON.stringify(Object.entries(values).toSorted(([one], [other]) => (one < other ? -1 : 1)))]);
}

/** A token of one form that makes something: sent twice, it makes one thing. */
export function newOnce(): string {
  return crypto.randomUUID();
}

/** The id of what a form makes. */
export async function idOfForm(prefix: string, organizationId: string, once: string): Promise<string> {
  return `${prefix}_${await digestOf(["form", organizationId, once])}`;
}
