import type { ChorusStep } from '#properties/chorus/obligation';
import { errorOf, isCall, outcomeOf, receipts, returned } from '#properties/chorus/facts';

/** What deep runs meet and shallow ones do not. */
export const chorusDepth: readonly { readonly what: string; readonly met: (step: ChorusStep) => boolean }[] = [
  { what: 'messages received', met: (step) => receipts(step).length > 0 },
  { what: 'messages received by threads that waited', met: (step) => receipts(step).some(({ thread }) => step.before.threads[thread]!.run.tag === 'receiving') },
  { what: 'calls answered', met: ({ before, after, ...step }) => before.threads.some(({ run }, id) => run.tag === 'calling'
    && outcomeOf({ before, after, ...step }, id as never)?.error === null) },
  { what: 'calls that failed', met: ({ before, after, ...step }) => before.threads.some(({ run }, id) => run.tag === 'calling'
    && (outcomeOf({ before, after, ...step }, id as never)?.error ?? null) !== null) },
  { what: 'ports that migrated', met: (step) => isCall(step, 'portMigrate') && returned(step) },
  { what: 'queues that were full', met: (step) => errorOf(step) === 'K_EFULL' },
];
