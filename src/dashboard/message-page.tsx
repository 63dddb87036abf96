import { FULL_REACH, may, type Caller, type Permission } from "../identity";
import { ButtonLink } from "../ui/components/button";
import { BarePage } from "../ui/layout/bare";
import { pageAnswer } from "../ui/layout/page";
import { wordsOf } from "../ui/strings/define";
import { stateWords } from "../ui/strings/state";
import type { View } from "../ui/view";

type Message = { title: string; text: string; href?: string; link?: string };

/** A page that only says what happened and where to go on. */
export function messageAnswer(view: View, status: number, message: Message): Promise<Response> {
  const words = wordsOf(stateWords, view.language);
  return pageAnswer(
    <BarePage view={view} title={message.title}>
      <p>{message.text}</p>
      <p class="spaced">
        <ButtonLink href={message.href ?? "/dashboard"}>{message.link ?? words.home}</ButtonLink>
      </p>
    </BarePage>,
    status,
  );
}

/** Their role lacks the permission; `isLimited`: it has it, and they are limited to less than this needs. */
export function forbiddenAnswer(view: View, isLimited = false): Promise<Response> {
  const words = wordsOf(stateWords, view.language);
  return isLimited
    ? messageAnswer(view, 403, { title: words.beyondLimit, text: words.beyondLimitText })
    : messageAnswer(view, 403, { title: words.forbidden, text: words.forbiddenText });
}

/** Why somebody may not do this: for their role, or for what they are limited to. */
export function lackingAnswer(view: View, caller: Caller, permission: Permission): Promise<Response> {
  return forbiddenAnswer(view, may({ ...caller, reach: FULL_REACH }, permission));
}

/** It does not exist, or is not theirs to see: the two look the same. */
export function notFoundAnswer(view: View): Promise<Response> {
  const { notFoundTitle: title, notFoundText: text } = wordsOf(stateWords, view.language);
  return messageAnswer(view, 404, { title, text });
}

/** The form is of another session. */
export function staleAnswer(view: View): Promise<Response> {
  const { stale: title, staleText: text } = wordsOf(stateWords, view.language);
  return messageAnswer(view, 403, { title, text });
}

/** Our side failed. The id of the request is that of the line in the log. */
export function failedAnswer(view: View, requestId: string): Promise<Response> {
  const words = wordsOf(stateWords, view.language);
  return messageAnswer(view, 500, {
    title: words.failedTitle,
    text: `${words.failedText} ${words.failedId(requestId)}`,
  });
}

/** A verb's refusal in its own words. */
export function refusedAnswer(view: View, text: string, href?: string): Promise<Response> {
  const { refusedTitle: title, back: link } = wordsOf(stateWords, view.language);
  return messageAnswer(view, 409, { title, text, ...(href !== undefined && { href, link }) });
}
