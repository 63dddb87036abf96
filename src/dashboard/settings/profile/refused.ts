import type { DomainError } from "../../../errors";
import { refusalText } from "../../../ui/strings/refusals";
import type { PageContext } from "../../deps";
import { refusedAnswer } from "../../message-page";
import { PROFILE } from "./address";

/** What a verb refuses, in the language of the page, with the way back. */
export function refusedHere({ var: { view } }: PageContext, error: DomainError): Promise<Response> {
  return refusedAnswer(view, refusalText(error, view.language), PROFILE);
}
