// `npm run transcriber`: a server on this machine that transcribes as OpenAI's does, with Debian's pocketsphinx.
// PORT=8790 by default; `TRANSCRIBE_URL=http://127.0.0.1:8790 npm start` finds it. Needs pocketsphinx,
// pocketsphinx-en-us and sox.
import { startTranscriber } from "./transcriber/server.ts";
import { Trouble } from "./trouble.ts";

try {
  const { url } = await startTranscriber(Number(process.env.PORT ?? 8790));
  console.log(`The transcriber listens at ${url}: TRANSCRIBE_URL=${url} npm start`);
} catch (error) {
  if (!(error instanceof Trouble)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
