/* Included before every file: functions that FFmpeg names and wasi-libc lacks. None is reached without files. */
#ifndef TRUNKLINE_COMPAT_H
#define TRUNKLINE_COMPAT_H
#ifndef __ASSEMBLER__
#define tempnam(directory, prefix) ((char *)0)
#define mkstemp(template) (-1)
#endif
#endif
