import type { Qnx } from '#model/qnx/world';
import { mappedLength, writeByte, type Source, type Target } from '#model/qnx/memory/bytes';

/** How a copy went: how many bytes were copied, or whose memory faulted. */
export type Transfer =
  | { readonly tag: 'copied'; readonly count: number }
  | { readonly tag: 'source faults' }
  | { readonly tag: 'target faults' };

/**
 * Copies as many bytes as both sides have room for, from one address space straight to another. What was
 * copied before a fault is open: nothing, or all that lies before it.
 */
export function transfer(world: Qnx, source: Source, target: Target): Transfer {
  const { state } = world;
  const count = Math.min(source.length, target.addresses.length);
  const wanted = target.addresses.slice(0, count);
  const readable = Math.min(count, source.bytes.length);
  const writable = mappedLength(state, target.process, wanted);
  const good = Math.min(readable, writable);
  const copied = good === count || good === 0
    ? good : world.choose('partial copy', [0, good], (bytes) => (bytes === 0 ? 'nothing' : 'up to the fault'));
  for (let i = 0; i < copied; i += 1) writeByte(state, target.process, wanted[i]!, source.bytes[i]!);
  world.charge('copy');
  world.charge('byte', copied);
  if (good === count) return { tag: 'copied', count };
  if (readable === writable) return world.choose('error', [{ tag: 'source faults' }, { tag: 'target faults' }] as const, ({ tag }) => tag);
  return { tag: readable < writable ? 'source faults' : 'target faults' };
}
