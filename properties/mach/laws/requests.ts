import { asCall, asMalformed, asPager, asReply, asUnanswered, type Judge } from '#properties/mach/laws/requests/forms';
import { stubs } from '#properties/mach/laws/requests/stubs';
import { comparing } from '#properties/mach/laws/requests/tries';
import type { MachLaws, MachObligation } from '#properties/mach/obligation';

/** A law about the two forms of a call, put to the test where its comparisons say so. */
const compared = (judge: Judge, conditions: readonly string[]): MachObligation => ({
  relates: comparing(judge),
  sometimes: Object.fromEntries(conditions.map((condition) => [condition, () => false])),
});

const operations = Object.keys(stubs);
const pagers = operations.filter((operation) => operation.startsWith('memory_object'));

export const requestLaws = {
  'mach/request-is-the-call': compared(asCall, [
    ...operations.map((operation) => `${operation} is asked for by a message`),
    'an operation refuses what a message asks', 'a request fails as a message', 'a request stops its own sender',
    'a request ends its own sender', 'a request ends a port', 'a request is about another task',
  ]),

  'mach/reply-bears-the-request-number': compared(asReply, [
    'a success is replied', 'an error is replied', 'a reply carries a right', 'a reply carries memory', 'a reply carries a name',
  ]),

  'mach/malformed-request-does-nothing': compared(asMalformed, [
    'an item too few', 'an item too many', 'a number of another type', 'a number of another size', 'a long number', 'a number for a name',
    'a number for memory', 'a number for a right', 'two rights for one', 'a right of another kind',
  ]),

  'mach/request-without-reply-port-is-carried-out': compared(asUnanswered, [
    'an operation succeeds with nobody to be told', 'an operation fails with nobody to be told', 'a right goes with a reply that is not sent',
    'memory goes with a reply that is not sent',
  ]),

  'mach/pager-requests-have-no-reply': compared(asPager, pagers.map((operation) => `${operation} comes with a right to answer through`)),
} satisfies MachLaws;
