/** The tasks and threads of the program that runs, as the agent holds them. */
#ifndef CAST_H
#define CAST_H

#include "mach.h"
#include "worker.h"

#define TASKS 64u
#define THREADS SLOTS
#define NOBODY 0xffu

/** What a thread of the program can do. */
enum part {
	/** There is no such thread yet. */
	PART_NONE,
	/** It executes traps. */
	PART_WORKER,
	/** It is in a task without shared memory: it can only be suspended, resumed and so on. */
	PART_DRONE,
};

/** The call a thread has made and that has not been reported as come back. */
enum duty {
	DUTY_NONE,
	DUTY_TRAP,
	/** It reads or writes memory. */
	DUTY_TOUCH,
	DUTY_MESSAGE,
	/** A request to the kernel, with the reply port of the agent. */
	DUTY_REQUEST,
	/** A request to the kernel whose reply the thread receives itself, because it brings rights. */
	DUTY_RIGHTS_REQUEST,
};

/** What the names of an answer are. */
enum yield {
	YIELD_NOTHING,
	/** The result of the trap. */
	YIELD_RESULT,
	/** The first value of the reply. */
	YIELD_VALUE,
	/** The words of the first item of the reply. */
	YIELD_LIST,
	/** The names in the message that came back. */
	YIELD_MESSAGE,
};

struct thread {
	name_t port;
	enum part part;
	uint32_t task;
	enum duty duty;
	/** The call it is busy with, and what its answer yields. */
	uint32_t call;
	enum yield yield;
	/** Whether the call may suspend, abort or end threads. */
	int handles_threads;
	/** Of a message call: its options. */
	uint32_t options;
	/** Of a timed wait: the tick it lasts to. */
	uint32_t deadline;
	/** Of a request that was answered while the thread cannot go on: the return code. */
	uint32_t reply_code;
};

struct task {
	name_t port;
	int has_slots;
};

extern struct task tasks[TASKS];
extern struct thread threads[THREADS];

void cast_init(void);
/** Makes the tasks of a program, `count` of them, and their threads, which are workers and idle. */
void cast_enter(uint32_t count, const uint16_t *thread_counts);
/** Ends every task of the program. Returns by how many names the agent's own space has changed since. */
uint32_t cast_leave(void);

/** The task that `port` is known for in the agent's space, or NOBODY. */
uint32_t cast_task_known_as(name_t port);
/** Takes a task, or a thread of `task`, that the program itself has made into the cast. */
uint32_t cast_add_task(uint32_t index, name_t port);
uint32_t cast_add_thread(uint32_t index, name_t port, uint32_t task);

/** How many threads the program has had so far. */
uint32_t cast_size(void);

/** The state the kernel reports for a thread, or 0 when it is no more. */
enum run_state cast_state(const struct thread *thread);

#endif
