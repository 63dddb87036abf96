import { pageAnswer } from "../../ui/layout/page";
import type { PageContext } from "../deps";
import { sourceProps } from "./props";
import { SourceConnection, SourcePage, type Shown } from "./source-page";

/**
 * The page of how a source is connected, with what a form of it brought. `back`: the campaign whose page the form was on;
 * `campaign`: whose number is shown (`sourceProps`), that one where it is left out.
 */
export async function connectionPage(
  c: PageContext,
  id: string,
  shown: Shown,
  {
    back,
    campaign = back,
    status = 200,
  }: { back?: string | undefined; campaign?: string | undefined; status?: number } = {},
): Promise<Response> {
  const props = await sourceProps(c, id, campaign);
  if (props instanceof Response) return props;
  return pageAnswer(
    <SourcePage {...props} tab="">
      <SourceConnection {...props} {...shown} csrf={props.frame.csrf} {...(back === undefined ? {} : { back })} />
    </SourcePage>,
    status,
  );
}
