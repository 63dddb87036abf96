/** A whole body as text; undefined when it is larger than that, which is noticed before it is read. */
export async function readTextUpTo(response: Pick<Response, "body">, most: number): Promise<string | undefined> {
  if (!response.body) return "";
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.length;
    if (size > most) return undefined;
    text += decoder.decode(value, { stream: true });
  }
}
