/**
 * The script that Asterisk runs after each recording. It takes only the file's path and the linkedid: callers choose
 * their own names, and Asterisk hands the command line to a shell, so nothing else of a call may stand in it. What
 * cannot be sent waits in a folder for the next call. `publicUrl` has no trailing slash.
 */
export function uploadScript(publicUrl: string, sourceId: string): string {
  return SCRIPT.replace("@URL@", publicUrl).replace("@SOURCE@", sourceId);
}

// A dollar before a brace is the shell's here.
const SCRIPT = String.raw`#!/bin/sh
# trunkline-upload: sends a finished recording to Trunkline.
#   trunkline-upload FILE [LINKEDID] [OPERATOR]
# Without FILE it only sends what is waiting; let cron run it so.
set -u
umask 077

URL="\${TRUNKLINE_URL:-@URL@}"
SOURCE="\${TRUNKLINE_SOURCE:-@SOURCE@}"
KEY_FILE="\${TRUNKLINE_KEY_FILE:-/etc/trunkline/key}"
SPOOL="\${TRUNKLINE_SPOOL:-/var/spool/trunkline}"
MONITOR="\${TRUNKLINE_MONITOR:-/var/spool/asterisk/monitor}"
ATTEMPTS="\${TRUNKLINE_ATTEMPTS:-3}"
PAUSE="\${TRUNKLINE_PAUSE:-5}"

say() {
  logger -t trunkline-upload -- "$1" 2>/dev/null || printf 'trunkline-upload: %s\n' "$1" >&2
}

# Sends one job. 0: taken. 1: try again later. 2: never.
send() {
  job=$1
  file=$(sed -n 's/^file=//p' "$job")
  [ -f "$file" ] || { say "gone: $file"; return 2; }
  set -- --form-string "source_id=$SOURCE"
  while IFS='=' read -r name value; do
    [ "$name" = file ] || set -- "$@" --form-string "$name=$value"
  done <"$job"
  # As curl wants a name between quotes.
  quoted=$(printf '%s' "$file" | sed 's/[\\"]/\\&/g')
  tries=0
  while :; do
    # On standard input, the key stays out of the list of processes. A refusal may come before all was sent, which curl
    # takes for a failure: the status tells.
    status=$(printf 'header = "X-API-Key: %s"\n' "$(cat "$KEY_FILE")" |
      curl -sS -K - -o /dev/null -w '%{http_code}' --connect-timeout 10 --max-time 900 \
        "$@" -F "file=@\"$quoted\"" "$URL/v1/uploads" 2>/dev/null) || :
    case $status in
      2??) return 0 ;;
      400 | 413 | 415 | 422) say "refused with $status: $file"; return 2 ;;
    esac
    tries=$((tries + 1))
    [ "$tries" -lt "$ATTEMPTS" ] || { say "not sent ($status), kept for later: $file"; return 1; }
    sleep "$PAUSE"
  done
}

# Sends what waits, oldest first, until Trunkline cannot be reached.
flush() {
  for job in "$SPOOL"/*.job; do
    [ -f "$job" ] || continue
    send "$job"
    case $? in
      0) rm -f "$job" ;;
      2) mv "$job" "\${job%.job}.refused" ;;
      *) return ;;
    esac
  done
}

# Notes a recording as a job. What it knows of the call is in FreePBX's name for the file:
# type-called-caller-YYYYMMDD-HHMMSS-uniqueid.wav
note() {
  file=$1
  case $file in
    /*) ;;
    *) file=$MONITOR/$file ;;
  esac
  # Asterisk writes what it was told to call .wav49 as .WAV.
  case $file in
    *.wav49) [ -f "$file" ] || file=\${file%.wav49}.WAV ;;
  esac
  [ -f "$file" ] || { say "no such file: $file"; return 0; }
  # 44 bytes are the header of a WAV file without a sound in it, 60 that of one in GSM.
  [ "$(wc -c <"$file")" -gt 60 ] || return 0
  base=\${file##*/}
  base=\${base%.*}
  IFS=- read -r type called caller day clock unique <<NAME
$base
NAME
  case $day-$clock in
    [0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]-[0-9][0-9][0-9][0-9][0-9][0-9]) ;;
    *) type='' called='' caller='' day='' clock='' unique=$base ;;
  esac
  case $type in
    in | external | q | rg) direction=inbound ;;
    out) direction=outbound ;;
    internal) direction=internal ;;
    *) direction='' ;;
  esac
  # The name has this machine's clock; the zone goes with it.
  began=''
  [ -z "$day" ] ||
    began=$(printf '%s%s' "$day$clock" "$(date +%z)" |
      sed 's/^\(....\)\(..\)\(..\)\(..\)\(..\)\(..\)\(...\)\(..\)$/\1-\2-\3T\4:\5:\6\7:\8/')
  draft=$(mktemp "$SPOOL/.draft.XXXXXX") || { say "cannot write to $SPOOL"; return 1; }
  {
    printf 'file=%s\n' "$file"
    printf 'external_id=%s\n' "\${2:-$unique}"
    [ -z "$direction" ] || printf 'direction=%s\n' "$direction"
    [ -z "$caller" ] || printf 'from=%s\n' "$caller"
    [ -z "$called" ] || printf 'to=%s\n' "$called"
    [ -z "$began" ] || printf 'started_at=%s\n' "$began"
    [ -z "\${3:-}" ] || printf 'operator=%s\n' "$3"
  } >"$draft"
  mv "$draft" "$SPOOL/$(date +%s)-$$.job"
}

mkdir -p "$SPOOL" || exit 1
[ $# -eq 0 ] || note "$@" || exit 1

# One at a time. A lock that a crash left behind is broken after an hour.
[ -z "$(find "$SPOOL" -name .lock -mmin +60 2>/dev/null)" ] || rmdir "$SPOOL/.lock" 2>/dev/null
mkdir "$SPOOL/.lock" 2>/dev/null || exit 0
trap 'rmdir "$SPOOL/.lock" 2>/dev/null' EXIT
trap 'exit 1' HUP INT TERM
flush
exit 0
`.replaceAll("\\${", "${");
