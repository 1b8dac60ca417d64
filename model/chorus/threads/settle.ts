import type { ThreadId } from '#spec/chorus/vocabulary';
import type { Event } from '#model/kernel';
import { isEligible } from '#model/chorus/threads/waits';
import type { AccessChoices } from '#model/chorus/memory/access';
import type { Answer, ChorusState, Message } from '#model/chorus/state';
import type { Chorus } from '#model/chorus/world';
import { change } from '#model/operation';

/**
 * Lets every thread that may run go on with what it waited for a page for, and give its answer if it has one.
 * What one is answered does not depend on the others; in which order they use memory may.
 */
export function settle(world: Chorus<AccessChoices | 'runs next'>): void {
  const { state, mechanisms } = world;
  for (let resuming = resumable(state); resuming.length > 0; resuming = resumable(state)) {
    const thread = world.choose('runs next', resuming, (id) => `t${id + 1}`);
    const { run } = state.threads[thread]!;
    if (run.tag === 'resuming') mechanisms.resume(world, thread, run.retry);
  }
  state.threads.forEach(({ run }, at) => {
    const thread = at as ThreadId;
    if (run.tag !== 'answered' || !isEligible(state, thread)) return;
    world.charge('switch');
    change(state.threads[thread]!).run = { tag: 'ready' };
    world.report(eventOf(world, thread, run.error, run.answer));
  });
  mechanisms.dropParcels(world);
  mechanisms.elect(state);
}

const resumable = (state: ChorusState): readonly ThreadId[] => state.threads.flatMap(({ run }, id) =>
  (run.tag === 'resuming' && isEligible(state, id as ThreadId) ? [id as ThreadId] : []));

function eventOf({ state, mechanisms }: Pick<Chorus, 'state' | 'mechanisms'>, thread: ThreadId, error: string | null, answer: Answer): Event {
  if (error !== null) return { tag: 'raised', thread, error };
  return { tag: 'returned', thread, value: valueOf(state, mechanisms, answer) };
}

/** What a caller is given: as much of a body as it had room for. */
export function valueOf(state: ChorusState, mechanisms: Chorus['mechanisms'], answer: Answer): unknown {
  switch (answer.tag) {
    case 'nothing': return null;
    case 'received': {
      const { port, sequence, message, room } = answer;
      return { port: port.li, sequence, ...contentsOf(message, room) };
    }
    case 'replied': return contentsOf({ annex: answer.annex, body: mechanisms.bodyOf(state, answer) }, answer.room);
    case 'bytes': return { bytes: answer.bytes };
  }
}

function contentsOf({ annex, body }: Pick<Message, 'annex' | 'body'>, room: number | null) {
  return { size: body.length / 2, annex, body: room === null ? null : body.slice(0, 2 * room) };
}
