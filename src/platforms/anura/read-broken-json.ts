/**
 * Says what to do about a body that is not JSON. Anura substitutes text without escaping it and has no test button, so
 * the answer is where its administrator learns what is wrong. It names fields, never repeats their values.
 */
export function explainBrokenJson(text: string): string {
  if (text.trim() === "") return "The body is empty. Paste the JSON template into the Body tab of the event.";
  if (/<\s*YOUR_CAMPAIGN_ID\s*>/i.test(text)) {
    return "The body is not JSON: replace <YOUR_CAMPAIGN_ID> in the event's Body with the campaign's number, without quotes.";
  }
  if (/"campaign_id"\s*:\s*[,}]/.test(text)) {
    return "The body is not JSON: campaign_id has no value. Write the campaign's number there, without quotes.";
  }
  if (/:\s*\{\{[^{}]*\}\}/.test(text)) {
    return "The body is not JSON: a {{ variable }} stands outside quotes and was not filled in. Put quotes around it.";
  }
  const field = fieldWithQuote(text);
  if (field !== undefined) {
    return `The body is not JSON: the value of ${field} holds a quote or backslash that Anura does not escape. Remove it from that name in Anura: the calls after it come in, this one has to be sent again.`;
  }
  return "The body is not JSON: check the commas, quotes and braces of the event's Body.";
}

// The template gives each field as `"name": "value"`. Cut there, a value that still holds a bare quote or a backslash
// that escapes nothing is the culprit.
function fieldWithQuote(text: string): string | undefined {
  const pieces = text.split(/"(\w{1,64})"\s*:/);
  for (let index = 1; index < pieces.length; index += 2) {
    const value = (pieces[index + 1] ?? "").trim();
    const end = value.lastIndexOf('"');
    if (!value.startsWith('"') || end === 0) continue;
    const inner = value.slice(1, end);
    if (/^(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*$/.test(inner)) continue;
    return pieces[index];
  }
  return undefined;
}
