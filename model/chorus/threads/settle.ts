import type { ThreadId } from '#spec/chorus/vocabulary';
import type { Event } from '#model/kernel';
import { isEligible } from '#model/chorus/threads/waits';
import type { Answer, Message } from '#model/chorus/state';
import type { Chorus } from '#model/chorus/world';
import { change } from '#model/operation';

/** Lets every thread that has its answer give it, if it may run. What one gets does not depend on the others. */
export function settle(world: Chorus): void {
  const { state } = world;
  state.threads.forEach(({ run }, at) => {
    const thread = at as ThreadId;
    if (run.tag !== 'answered' || !isEligible(state, thread)) return;
    world.charge('switch');
    change(state.threads[thread]!).run = { tag: 'ready' };
    world.report(eventOf(thread, run.error, run.answer));
  });
}

function eventOf(thread: ThreadId, error: string | null, answer: Answer): Event {
  if (error !== null) return { tag: 'raised', thread, error };
  return { tag: 'returned', thread, value: valueOf(answer) };
}

/** What a caller is given: as much of a body as it had room for. */
export function valueOf(answer: Answer): unknown {
  switch (answer.tag) {
    case 'nothing': return null;
    case 'received': {
      const { port, sequence, message, room } = answer;
      return { port: port.li, sequence, ...contentsOf(message, room) };
    }
    case 'replied': return contentsOf(answer, answer.room);
  }
}

function contentsOf({ annex, body }: Pick<Message, 'annex' | 'body'>, room: number | null) {
  return { size: body.length / 2, annex, body: room === null ? null : body.slice(0, 2 * room) };
}
