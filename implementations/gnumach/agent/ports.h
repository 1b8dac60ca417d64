/** The machine's own registers, which the agent may touch directly: the second serial line and the timer. */
#ifndef PORTS_H
#define PORTS_H

#include "mach.h"

/** Asks the kernel for the right to use the registers; `device_master` is the boot script's gift. */
void ports_init(name_t device_master);

static inline void port_write(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

#endif
