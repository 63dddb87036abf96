/* wasi-libc's system calls. The module has no system: files, clock and randomness do not exist for it, so that the only
 * import is `env.read` and the same bytes always decode to the same samples. Numbers are WASI's: 8 EBADF, 52 ENOSYS. */
#include <stdint.h>
#include <string.h>

#define CALL(name, ...) int32_t __imported_wasi_snapshot_preview1_##name(__VA_ARGS__)

CALL(fd_write, int32_t a, int32_t b, int32_t c, int32_t d) { return 8; }
CALL(fd_read, int32_t a, int32_t b, int32_t c, int32_t d) { return 8; }
CALL(fd_close, int32_t a) { return 8; }
CALL(fd_seek, int32_t a, int64_t b, int32_t c, int32_t d) { return 8; }
CALL(fd_fdstat_get, int32_t a, int32_t b) { return 8; }
CALL(fd_fdstat_set_flags, int32_t a, int32_t b) { return 8; }
CALL(fd_filestat_get, int32_t a, int32_t b) { return 8; }
CALL(fd_prestat_get, int32_t a, int32_t b) { return 8; }
CALL(fd_prestat_dir_name, int32_t a, int32_t b, int32_t c) { return 8; }
CALL(fd_readdir, int32_t a, int32_t b, int32_t c, int64_t d, int32_t e) { return 8; }
CALL(path_open, int32_t a, int32_t b, int32_t c, int32_t d, int32_t e, int64_t f, int64_t g, int32_t h, int32_t i) { return 52; }
CALL(path_filestat_get, int32_t a, int32_t b, int32_t c, int32_t d, int32_t e) { return 52; }
CALL(path_remove_directory, int32_t a, int32_t b, int32_t c) { return 52; }
CALL(path_unlink_file, int32_t a, int32_t b, int32_t c) { return 52; }
CALL(path_rename, int32_t a, int32_t b, int32_t c, int32_t d, int32_t e, int32_t f) { return 52; }
CALL(path_create_directory, int32_t a, int32_t b, int32_t c) { return 52; }
CALL(environ_get, int32_t a, int32_t b) { return 0; }
CALL(environ_sizes_get, int32_t a, int32_t b) { *(int32_t *)a = 0; *(int32_t *)b = 0; return 0; }
CALL(clock_time_get, int32_t a, int64_t b, int32_t c) { *(int64_t *)c = 0; return 0; }
CALL(clock_res_get, int32_t a, int32_t b) { *(int64_t *)b = 1; return 0; }
CALL(random_get, int32_t a, int32_t b) { memset((void *)a, 4, b); return 0; }
CALL(sched_yield, void) { return 0; }
CALL(poll_oneoff, int32_t a, int32_t b, int32_t c, int32_t d) { return 52; }
_Noreturn void __imported_wasi_snapshot_preview1_proc_exit(int32_t a) { __builtin_trap(); }
