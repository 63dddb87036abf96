import type { JudgeSettings, Verdict } from "./contract";

const GONE = 410;
const THROTTLED = new Set([408, 429]);

/** Any 2xx is success, 410 the end of the endpoint, and everything else, redirects too, worth another try. */
export function judge(status: number, settings: JudgeSettings): Verdict {
  if (settings.strict200 ? status === 200 : status >= 200 && status < 300) return "delivered";
  return status === GONE ? "gone" : "retry";
}

/** The same, but a client error is the subscriber's to fix: no try mends it. */
export function judgeClientErrorsFinal(status: number, settings: JudgeSettings): Verdict {
  const verdict = judge(status, settings);
  if (verdict !== "retry" || status < 400 || status > 499) return verdict;
  return settings.retryThrottled && THROTTLED.has(status) ? "retry" : "final";
}
