/** A failure as every edge answers it (RFC 9457); `errors` names what is wrong field by field. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors: { field: string; message: string }[];
};

export const PROBLEM_TYPE = "application/problem+json";

/** The answer itself, of that content type; an edge may add members and headers of its own. */
export function problemAnswer(
  problem: Problem,
  more: Record<string, unknown> = {},
  headers: HeadersInit = {},
): Response {
  const answer = Response.json({ ...problem, ...more }, { status: problem.status, headers });
  answer.headers.set("content-type", PROBLEM_TYPE);
  return answer;
}
