/* What each of these modules has: its memory is given out once and never taken back, for an instance has one owner. */
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(#name))) name

extern unsigned char __heap_base;
static uintptr_t top;

/* In 16 bytes each; 0 when there is no more memory. */
void *EXPORT(allocate)(int bytes) {
  if (top == 0) top = ((uintptr_t)&__heap_base + 15) & ~(uintptr_t)15;
  uintptr_t at = top;
  top += ((uintptr_t)bytes + 15) & ~(uintptr_t)15;
  uintptr_t have = __builtin_wasm_memory_size(0) * 65536;
  if (top > have && __builtin_wasm_memory_grow(0, (top - have + 65535) / 65536) == (uintptr_t)-1) return 0;
  return (void *)at;
}
