import { mapLeaves, type Leaf } from '#spec/vocabulary';
import type { AnyCall, Event } from '#model/kernel';
import { answerSchema } from '#properties/program';
import type { Suite } from '#properties/suite';

/** How the leaves of one kernel's calls and answers are spelled in a trace file. */
export interface Spelling<_S, _Call> {
  readonly spell: (leaf: Leaf, value: unknown) => string;
  readonly read: (leaf: Leaf, text: string) => unknown;
  /** A thread as it is spelled in events. */
  readonly thread: (thread: number) => string;
  readonly readThread: (text: string) => number;
}

type Speller<S, Call extends AnyCall> = {
  readonly suite: Pick<Suite<S, Call>, 'vocabulary'>;
  readonly spelling: Spelling<S, Call>;
};

/** A call as a trace file spells it. */
export function spellCall<S, Call extends AnyCall>({ suite, spelling }: Speller<S, Call>, call: Call): Record<string, unknown> {
  const { takes } = suite.vocabulary[call.operation]!;
  return { operation: call.operation, ...(mapLeaves(takes, call, spelling.spell) as object) };
}

/** A call that has been checked against the trace form of the vocabulary. */
export function readCall<S, Call extends AnyCall>({ suite, spelling }: Speller<S, Call>, call: { readonly operation: string }): Call {
  const { takes } = suite.vocabulary[call.operation]!;
  const read = mapLeaves(takes, call, (leaf, text) => spelling.read(leaf, text as string)) as object;
  return { operation: call.operation, ...read } as Call;
}

/** An event as a trace file spells it. `asked` is the call that it answers, or that the thread waits in. */
export function spellEvent<S, Call extends AnyCall>(
  { suite, spelling }: Speller<S, Call>, asked: Call | undefined, event: Event,
): Record<string, unknown> {
  const { tag } = event;
  const thread = spelling.thread(event.thread);
  const error = event.tag === 'raised' ? { error: event.error } : {};
  if (!('value' in event) || asked === undefined) return { thread, tag, ...error };
  const schema = answerSchema(suite, asked, event);
  const value = event.value === null || event.value === undefined ? null : mapLeaves(schema, event.value, spelling.spell);
  return { thread, tag, ...error, value };
}

/** Which call each thread is in: it remains so until the thread has its answer. */
export class Asked<Call extends AnyCall> {
  readonly #calls = new Map<number, Call>();

  called(call: Call): void {
    if (call.thread !== undefined) this.#calls.set(call.thread, call);
  }

  of(thread: number): Call | undefined {
    return this.#calls.get(thread);
  }
}
