import { pageAnswer } from "../../ui/layout/page";
import type { PageContext } from "../deps";
import { sourceProps } from "./props";
import { SourceConnection, SourcePage, type Shown } from "./source-page";

/** The page of how a source is connected, with what a form of it brought. */
export async function connectionPage(
  c: PageContext,
  id: string,
  shown: Shown,
  { campaign, status = 200 }: { campaign?: string; status?: number } = {},
): Promise<Response> {
  const props = await sourceProps(c, id, campaign);
  if (props instanceof Response) return props;
  return pageAnswer(
    <SourcePage {...props} tab="">
      <SourceConnection {...props} {...shown} csrf={props.frame.csrf} />
    </SourcePage>,
    status,
  );
}
