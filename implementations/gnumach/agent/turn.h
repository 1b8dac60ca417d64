/** A thread's turn: it is given a trap, the system comes to rest, and what became of it is reported. */
#ifndef TURN_H
#define TURN_H

#include "cast.h"
#include "output.h"

/** To be called before the first call of a program. */
void turn_reset(void);

/** Why thread `index` cannot make a call now, or 0. */
enum why turn_hindrance(uint32_t index);

/** Notes what thread `index` is about to do. */
void turn_assign(uint32_t index, enum duty duty, uint32_t call, enum yield yield);
/** Notes that the call at hand may suspend, abort or end threads. */
void turn_handles_threads(uint32_t index);

/** How a thread stands when everything that could run has run. */
enum rest { REST_FINISHED, REST_BLOCKED, REST_ENDED, REST_NOT_STARTED, REST_UNCLEAR };

/** Gives the thread the trap `number`, whose arguments stand in its slot, and waits for rest. */
enum rest turn_order(uint32_t index, uint32_t number);
/** Looks whether a thread that has not come back is really waiting. */
enum rest turn_look_closer(uint32_t index);
/** Takes the call back, or for done. */
void turn_cancel(uint32_t index);

/** Stands for every task: none of its threads is reported as fallen. */
#define ALL_TASKS 0xfeu

/**
 * Looks for threads that waited because of a touch of memory and have ended. One that ended because nobody handled
 * its exception is reported, unless it is of the task `silent`. Returns 0 when it cannot be told of several: one has
 * taken the others along.
 */
int turn_see_fallen(uint32_t caller, uint32_t silent);

/** These report, and return whether the program can go on. */
int turn_report(uint32_t index, enum rest rest);
int turn_refuse(uint32_t index, enum why why);
int turn_fail(uint32_t index, enum why why, uint32_t code);

#endif
