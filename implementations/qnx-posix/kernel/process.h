/* The life of one process: it obeys the harness, and makes its calls to the kernel itself. */
#ifndef PROCESS_H
#define PROCESS_H

/* Where every process has its memory: the same address in all, MEMORY_SIZE bytes with nothing behind them. */
unsigned char *process_memory(void);
/* Maps it; false, with errno, if that cannot be done. */
_Bool process_map(void);

/* Obeys orders from `harness` and calls the kernel over `line` until either is gone. Never returns. */
_Noreturn void process_live(int harness, int line);
#endif
