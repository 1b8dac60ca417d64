import type { Leaf } from '#spec/vocabulary';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import type { Spelling } from '#traces/spelling';

const letters: Readonly<Record<string, string>> = {
  ui: 'u', key: 'k', li: 'l', 'li-after-migration': 'l', saved: 'm', transaction: 'x', thread: 't', site: 'S',
};

/** Threads, sites and transactions are counted from 1 in a trace, and from 0 in the model. */
const shiftOf = ({ sort }: Leaf): number => (['thread', 'site', 'transaction'].includes(sort) ? 1 : 0);

/** Identifiers are spelled `u1`, keys `k1`, local identifiers `l1`, threads `t1`, sites `S1`; `u0` is that of nothing. */
export const chorusSpelling: Spelling<ChorusState, ChorusCall> = {
  spell: (leaf, value) => `${letters[leaf.sort]}${(value as number) + shiftOf(leaf)}`,
  read: (leaf, text) => Number(text.slice(1)) - shiftOf(leaf),
  thread: (thread) => `t${thread + 1}`,
  readThread: (text) => Number(text.slice(1)) - 1,
};
