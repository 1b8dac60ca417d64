/**
 * The kernel's clock, driven by hand.
 *
 * The kernel counts the interrupts of the interval timer. The agent stops the timer and lets it interrupt
 * once whenever a tick is to pass: so no wait ever expires by itself, no quantum ends, and a program runs the
 * same way every time, however fast the machine is. When a tick makes a wait expire, the thread that waited
 * has a higher priority than the agent and is done before `clock_tick` returns.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

#define MILLISECONDS_PER_TICK 10u

/** Stops the timer. One last tick passes. */
void clock_stop(void);
/** Lets one tick pass. */
void clock_tick(void);
/** How many ticks have passed since the last `clock_reset`. */
uint32_t clock_now(void);
void clock_reset(void);

#endif
