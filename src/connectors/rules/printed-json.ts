/**
 * JSON as documents print it: with `//` and slash-star comments, which are taken out, outside texts only. What it is
 * otherwise stays as it is.
 */
export function withoutComments(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|\/\/[^\n\r]*|\/\*[^]*?\*\//g, (piece) => (piece.startsWith('"') ? piece : ""));
}
