const COMMANDS = {
  listen: `npm run trunkline -- listen <port or address> [--profile standard] [--events '*']

Sends what a webhook would be sent to this machine, signed with a secret of its own, which it prints. It needs no public
address. The key needs events:read and events:listen, and hears what it may read. Ctrl-C ends it; ten minutes later its
secret is forgotten.

  --profile   standard, audian, voqo, voicesense or authentivoice
  --events    event types with commas between them: 'call.*,analysis.completed'`,
  trigger: `npm run trunkline -- trigger <event> [--webhook wh_…]

Sends an example of the event to a webhook at once, marked as a test, and prints its answer. Exits with 1 where it was
not taken. --webhook may be left out where there is only one.`,
  replay: `npm run trunkline -- replay [<call id>] [--webhook wh_…] [--state parked] [--from …] [--to …] [--dry-run]

Sends events again: those of a call to every webhook (or to --webhook), or what one webhook was sent before.

  --state     pending, delivered, parked, held or skipped
  --from, --to  times such as 2026-08-20T14:00:00Z
  --dry-run   only counts`,
  upload: `npm run trunkline -- upload <files> [--campaign <id or number>] [--reference <your id>]

Uploads recordings, each a call of its own, and prints the call of each. A broken line is resumed. Without --campaign
they go into the campaign that npm start made, or that of the key.`,
  calls: `npm run trunkline -- calls [--follow] [--limit 20]

Prints the newest calls. With --follow (-f), then what happens to calls, until Ctrl-C; needs events:read.`,
};

export type Command = keyof typeof COMMANDS;

export function helpOf(command: Command): string {
  return COMMANDS[command];
}

export const HELP = `A developer's tools for Trunkline.

  listen <port>     events to this machine, as a webhook would get them
  trigger <event>   an example of an event to a webhook
  replay            events again
  upload <files>    recordings, with progress
  calls [--follow]  the newest calls, and what happens to them

They talk to the npm start of this folder (STATE_DIR), or to TRUNKLINE_URL with the API key in TRUNKLINE_KEY.
npm run trunkline -- <command> --help says more.`;
