import type { Name, TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { MachScope } from '#model/mach/kernel';
import { NULL } from '#model/mach/state';

/**
 * Who plays in a run with a malicious pager: the pager, with two threads; its client, of which one thread uses what the
 * pager keeps and another does not; an honest pager; and that one's client.
 */
export const MALICE = 0 as TaskId;
export const TARGET = 1 as TaskId;
export const HONEST = 2 as TaskId;
export const CLIENT = 3 as TaskId;

export const targetThread = 2 as ThreadId;
export const siblingThread = 3 as ThreadId;
export const honestThread = 4 as ThreadId;
export const clientThread = 5 as ThreadId;

/** Threads that have nothing to do with what the malicious pager keeps. */
export const others: readonly ThreadId[] = [siblingThread, honestThread, clientThread];

const PAGE = 2;
export const scope: MachScope = { threads: [2, 2, 1, 1], memory: { pageSize: PAGE, pageCount: 6, requestLimit: 2 } };

/** The client's space: two pages of the object, two of a copy of it, and two that are the other thread's. */
export const ADDRESS_OF_OBJECT = 0;
export const ADDRESS_OF_COPY = 2 * PAGE;
export const ADDRESS_OF_SIBLING = 4 * PAGE;

export const message = { operation: 'mach_msg', options: [], send: null, receive: null, timeout: 0, notify: NULL } as const;

/** Names as they come about, for every run begins alike. */
export const OBJECT = 1 as Name;
export const CONTROL = 2 as Name;
export const LETTERS = 2 as Name;
export const HANDLER = 2 as Name;
