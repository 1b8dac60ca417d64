import type { Capability, ThreadId } from '#spec/chorus/vocabulary';
import type { ActorId, ChorusState, ObjectId, Page, Region } from '#model/chorus/state';
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

/** The bytes of a page of an object, as its own or as the nearest ancestor has them; null if nobody does. */
export function bytesOf({ objects }: ChorusState, object: ObjectId, page: number): string | null {
  let at: ObjectId | null = object;
  let place = page;
  while (at !== null) {
    const row: ChorusState['objects'][number] = objects[at]!;
    const there: Page | null | undefined = row.pages[place];
    if (there !== null && there !== undefined) return there.bytes;
    place += row.offset;
    at = row.parent;
  }
  return null;
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
