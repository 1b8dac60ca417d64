import type { Capability, ThreadId } from '#spec/chorus/vocabulary';
import type { ActorId, ChorusState, ObjectId, Region } from '#model/chorus/state';
import { actorFor } from '#properties/chorus/facts';

/** What one page of an address space shows, and how. */
export interface Shown { readonly object: ObjectId; readonly page: number; readonly writable: boolean; readonly inherit: Region['inherit'] }

/** An address space page by page. */
export function layout({ regions }: { readonly regions: readonly Region[] }): ReadonlyMap<number, Shown> {
  const pages = new Map<number, Shown>();
  for (const { start, size, object, offset, writable, inherit } of regions) {
    for (let at = 0; at < size; at += 1) pages.set(start + at, { object, page: offset + at, writable, inherit });
  }
  return pages;
}

/** Where the bytes of a page are: with an object that has it in memory, or whose mapper has it. */
export interface Holder { readonly object: ObjectId; readonly page: number; readonly bytes: string | null }

/** Who holds a page of an object: itself, or the nearest ancestor. No bytes: the mapper of that has them. */
export function holderOf({ objects }: ChorusState, object: ObjectId, page: number): Holder {
  let at = object;
  let place = page;
  for (;;) {
    const { pages, stored, parent, offset }: ChorusState['objects'][number] = objects[at]!;
    const bytes = pages[place]?.bytes ?? null;
    if (bytes !== null || parent === null || stored.some((kept) => kept.page === place)) return { object: at, page: place, bytes };
    place += offset;
    at = parent;
  }
}

/** The bytes of a page of an object; null if they are not in memory. */
export const bytesOf = (state: ChorusState, object: ObjectId, page: number): string | null => holderOf(state, object, page).bytes;

/** The object at the root of a copy, and the page there. */
export function rootOf({ objects }: ChorusState, object: ObjectId, page: number): readonly [ObjectId, number] {
  let at = object;
  let place = page;
  for (;;) {
    const { parent, offset } = objects[at]!;
    if (parent === null) return [at, place];
    at = parent;
    place += offset;
  }
}

/** The pages that a range of bytes touches. */
export const pagesIn = ({ limits }: ChorusState, start: number, size: number): readonly number[] => {
  if (size === 0) return [];
  const first = Math.floor(start / limits.page);
  const last = Math.floor((start + size - 1) / limits.page);
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
};

/** The actor that a call on memory is about. */
export const targetOf = (state: ChorusState, { thread, actor }: { readonly thread: ThreadId; readonly actor: Capability | null }): ActorId | null =>
  actorFor(state, thread, actor);
