#include "clock.h"
#include "ports.h"

#define TIMER_0 0x40
#define TIMER_CONTROL 0x43
/** Counter 0, low byte then high byte, mode 0: the output rises once, when the count has run out. */
#define ONE_SHOT 0x30

/** Long enough for the interrupt to arrive: the count runs out within a microsecond. */
#define PATIENCE 300u

static uint32_t ticks;

void clock_tick(void)
{
	port_write(TIMER_CONTROL, ONE_SHOT);
	port_write(TIMER_0, 1);
	port_write(TIMER_0, 0);
	for (uint32_t spins = 0; spins < PATIENCE; spins++)
		__asm__ volatile("nop");
	ticks++;
}

void clock_stop(void)
{
	clock_tick();
	clock_reset();
}

uint32_t clock_now(void)
{
	return ticks;
}

void clock_reset(void)
{
	ticks = 0;
}
