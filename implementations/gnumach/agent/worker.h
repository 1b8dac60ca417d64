/**
 * Workers: the threads under test.
 *
 * A worker executes traps that the agent writes into its slot, a piece of memory that the agent shares with
 * every task it makes. Nothing else of the agent is in a task under test, and no name: its name space starts
 * empty, as `task_create` leaves it.
 *
 * How a worker idles matters, because the program under test may suspend, abort and resume it, and must see
 * the kernel's own counts and answers. A worker without an order is therefore neither suspended nor waiting
 * for a message: it stays in `thread_switch` with its priority depressed to the lowest, below the agent's,
 * and asks again whenever it gets the processor, which is only when the agent gives it away. The agent never
 * touches a suspend count after the start of a program.
 *
 * A worker with an order, or one that a message or a tick has woken, has a higher priority than the agent.
 * So whenever the agent runs, every thread under test is done, waiting, suspended or idle: the system is at
 * rest, and the agent need not ask.
 */
#ifndef WORKER_H
#define WORKER_H

#include "mach.h"

#define SLOTS 64u
#define SLOT_BYTES 32768u
#define SLOT_STACK 1024u
#define MESSAGE_CAPACITY (SLOT_BYTES - SLOT_STACK - 64u)

/** What the agent and one worker share. */
struct slot {
	/** Set by the agent, taken back by the worker when it begins. */
	volatile uint32_t ordered;
	/** Set by the worker when the trap has come back. */
	volatile uint32_t finished;
	/** The worker's place among all that have finished. */
	volatile uint32_t order;
	volatile uint32_t result;
	uint32_t number;
	uint32_t arguments[7];
	uint32_t spare[4];
	uint8_t stack[SLOT_STACK];
	uint8_t message[MESSAGE_CAPACITY];
};

/** What a worker can be ordered to do that is no trap: to read a byte of its task's memory, or to write one. */
enum touch { TOUCH_LOAD = 1, TOUCH_STORE = 2 };

/** The slots of all threads, which every task under test shares. */
extern struct slot slots[SLOTS];

/** Makes only the workers' code and slots heritable. */
void workers_init(void);

/** Whether `task` has the workers' code and slots: it was made with inheritance from a task that has them. */
int worker_fits(name_t task);

/** Occupies a task's space around the workers' code and slots, or around the page of a drone. */
void worker_fence(name_t task, int has_slots, int inherited);

/** Makes the fresh thread number `index`, known as `thread`, a worker as soon as it is resumed. */
uint32_t worker_prepare(uint32_t index, name_t thread);

/**
 * Gives `task`, which has no shared memory, a page of its own that its threads can idle in, so that they may
 * be resumed; they can do nothing else.
 */
uint32_t drone_place(name_t task);
uint32_t drone_prepare(name_t thread);

/** Orders the trap `number` with the arguments that stand in the slot, and lets the worker run. */
void worker_order(uint32_t index, name_t thread, uint32_t number);

/** Lets every thread that can run do so once, also those that idle. */
void workers_drain(void);

#endif
