import type { ThreadId } from '#spec/chorus/vocabulary';
import { homeOf } from '#model/chorus/naming/resolve';
import { piecesOf, prepare, read, type AccessChoices, type Went } from '#model/chorus/memory/access';
import { find } from '#model/chorus/memory/objects';
import { regionAt } from '#model/chorus/memory/regions';
import { implementing, type Chorus, type ChorusCall } from '#model/chorus/world';
import type { ChorusState, Message, ObjectId, Region } from '#model/chorus/state';
import { change } from '#model/operation';

/** A part of the memory of whoever sends it. */
export interface Area { readonly tag: 'memory'; readonly address: number; readonly size: number }
/** What is to be sent: bytes, or what is in memory. */
export type Body = string | Area;

export const sizeOf = (body: Body): number => (typeof body === 'string' ? body.length / 2 : body.size);

/** Whether all of a body is in the address space of a thread. */
export const isMapped = (state: ChorusState, thread: ThreadId, body: Body): boolean =>
  typeof body === 'string' || piecesOf(state, homeOf(state, thread), body.address, body.size) !== null;

/** Has what is to be sent in main memory; a thread may have to wait for its own pages, and for nothing else. */
export function prepareBody(world: Chorus<AccessChoices>, thread: ThreadId, body: Body, again: ChorusCall): Went {
  if (typeof body === 'string') return 'done';
  const pieces = piecesOf(world.state, homeOf(world.state, thread), body.address, body.size) ?? [];
  return prepare(world, { ...again, thread } as ChorusCall & { thread: ThreadId }, pieces, false);
}

/** The bytes of a body, as they are now. */
export const bytesIn = (state: ChorusState, thread: ThreadId, body: Body): string =>
  (typeof body === 'string' ? body : read(state, piecesOf(state, homeOf(state, thread), body.address, body.size) ?? []));

/** The region that a body is whole pages of, which can be copied later; null where it has to be copied at once. */
export function regionOf(state: ChorusState, thread: ThreadId, body: Body): Region | null {
  const { page } = state.limits;
  if (typeof body === 'string' || body.size === 0 || body.address % page !== 0 || body.size % page !== 0) return null;
  const first = body.address / page;
  const region = regionAt(homeOf(state, thread), first);
  return region !== undefined && first + body.size / page <= region.start + region.size ? region : null;
}

/** The copy that is put off of a body, if it can be: it is whole pages, and goes to nobody on another site. */
export const parcelFor = implementing(
  ['chorus/bodies-are-copied-later'],
  (world: Pick<Chorus, 'state' | 'mechanisms'>, thread: ThreadId, body: Body, near: boolean): ObjectId | null => {
    const region = regionOf(world.state, thread, body);
    return region === null || !near || typeof body === 'string' ? null : world.mechanisms.putOff(world, region, body);
  },
);

/**
 * A body that is whole pages of memory, for a receiver on the same site: a copy that is put off. Nobody copies
 * a byte before somebody writes.
 */
export const putOff = implementing(
  ['chorus/bodies-are-copied-later', 'chorus/copies-are-snapshots'],
  (world: Pick<Chorus, 'state' | 'mechanisms'>, { object, offset, start }: Region, body: Area): ObjectId => {
    const { state, mechanisms } = world;
    const { page } = state.limits;
    const parcel = mechanisms.copyLater(world, object, offset + body.address / page - start, body.size / page);
    change(state.objects[parcel]!).parcel = true;
    return parcel;
  },
);

/** The bytes of a message: its own, or those of the memory that it is a copy of. */
export const bodyOf = implementing(
  ['chorus/bodies-are-copied-later'],
  (state: ChorusState, { body, parcel }: Pick<Message, 'body' | 'parcel'>): string => {
    if (parcel === null) return body;
    return Array.from({ length: state.objects[parcel]!.size }, (_, page) => find(state, parcel, page).there?.bytes ?? '').join('');
  },
);

/** Whether a body on its way is read from a page: it stays in memory as long. */
export const isHeld = (state: ChorusState, object: number, page: number): boolean => state.objects.some(({ life, parcel, size }, id) => {
  if (life === 'dead' || !parcel) return false;
  for (let at = 0; at < size; at += 1) {
    const found = find(state, id as ObjectId, at);
    if (found.object === object && found.page === page) return true;
  }
  return false;
});

/** Bodies that no message has any more are gone. */
export const dropParcels = implementing(
  ['chorus/copies-outlive-their-source', 'chorus/bodies-are-copied-later'],
  (world: Chorus): void => {
    const { state, mechanisms } = world;
    state.objects.forEach(({ life, parcel }, id) => {
      if (life === 'dead' || !parcel || isCarried(state, id)) return;
      change(state.objects[id]!).parcel = false;
      mechanisms.release(world, id as ObjectId);
    });
  },
);

const isCarried = ({ ports, threads, actors }: ChorusState, parcel: number): boolean =>
  ports.some(({ queue }) => queue.some((message) => message.parcel === parcel))
  || threads.some(({ current, run }) => current?.message.parcel === parcel
    || (run.tag === 'answered' && run.answer.tag === 'replied' && run.answer.parcel === parcel))
  || actors.some(({ saved }) => saved.some((kept) => kept?.message.parcel === parcel));
