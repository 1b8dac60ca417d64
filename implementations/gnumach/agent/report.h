/** Turns what the threads did in a step into events, and files the names of their answers. */
#ifndef REPORT_H
#define REPORT_H

#include "cast.h"
#include "output.h"

/** The thread's call has come back: reports it and makes the thread free for the next. */
void report_done(uint32_t index);
void report_blocked(uint32_t index);
void report_ended(uint32_t index);
void report_problem(enum tag tag, uint32_t index, enum why why, uint32_t code);

/** A request that the agent itself has made for the thread; the reply, if any, is the agent's last. */
void report_request(uint32_t index, uint32_t call, enum yield yield, uint32_t error);

/** Reports every other thread whose call has come back, in the order in which they did. */
void report_woken(void);

#endif
