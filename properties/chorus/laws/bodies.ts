import type { ActorId, ChorusState, Message } from '#model/chorus/state';
import { errorOf, isBlocked, isCall, messagesIn, receipts, siteAt, siteOfPort, threadName, traffic, valueOf, type Place } from '#properties/chorus/facts';
import { besides, same } from '#properties/chorus/laws/changes';
import { bytesOf } from '#properties/chorus/laws/layout';
import { threadIs } from '#properties/chorus/laws/marks';
import { answeredAs, failsTo, givenUp, isToldOf, marksOfRequest, segmentOf, waitingFor } from '#properties/chorus/laws/paging';
import { refusing } from '#properties/chorus/laws/refusals';
import { isSending, isWholePages, putBack, sentIn, type Sending } from '#properties/chorus/laws/sent';
import { together, type ChorusLaws, type ChorusStep } from '#properties/chorus/obligation';

type Carried = Pick<Message, 'body' | 'parcel'>;

/** Everything that has a body on its way, and the site that it is on. */
const carried = (state: ChorusState): readonly (readonly [Carried, number])[] => [
  ...messagesIn(state).flatMap(([message, place]) => (message.parcel === null ? [] : [[message, siteOf(state, place)] as const])),
  ...state.threads.flatMap(({ run, actor }) => (run.tag === 'answered' && run.answer.tag === 'replied' && run.answer.parcel !== null
    ? [[run.answer, state.actors[actor]!.site] as const] : [])),
];

/** Where a message is; one under way between sites is on none. */
function siteOf(state: ChorusState, place: Place): number {
  switch (place.at) {
    case 'queue': return siteOfPort(state, place.port);
    case 'current': return siteAt(state, place.thread);
    case 'saved': return state.actors[place.actor as ActorId]!.site;
    case 'network': return -1;
  }
}

/** What memory has of a body that was put off, now. */
const nowIn = (state: ChorusState, parcel: number): string =>
  Array.from({ length: state.objects[parcel]!.size }, (_, page) => bytesOf(state, parcel as never, page) ?? '??').join('');

/** What is wrong with a message that a thread has sent from its memory: it is copied later where that can be, and nowhere else. */
const wronglySent = (step: ChorusStep): readonly string[] => sentIn(step).flatMap(({ thread, call: { body: from }, body, late }) => {
  const { before, after } = traffic(step);
  const fresh = [...after.values()].filter(([{ serial, sender }]) => sender === thread && !before.has(serial)).map(([message]) => message);
  const gone = step.after.network.some(({ cargo }) => cargo.tag === 'message' && fresh.some(({ serial }) => cargo.message.serial === serial));
  const later = isWholePages(late ? step.after : step.before, thread, from) && !gone;
  return fresh.flatMap((message) => {
    const kept = message.parcel !== null || wasReceived(step, message);
    const right = (late || message.body === body) && (later ? kept : message.parcel === null);
    return right ? [] : [`what ${threadName(thread)} sent is not what was in its memory, or is not copied when it ought to be`];
  });
});

/** What is received of a body that was on its way, or fetched. */
function wronglyReceived(step: ChorusStep): readonly string[] {
  const got = receipts(step).flatMap(({ thread, message }) => {
    const old = traffic(step).before.get(message.serial)?.[0];
    return old === undefined || old.body === message.body ? [] : [`${threadName(thread)} receives another body than it was sent`];
  });
  if (!isCall(step, 'ipcGetData') || errorOf(step) !== null) return got;
  const { current } = step.before.threads[step.call.thread]!;
  const { body } = valueOf<{ body: string }>(step);
  return current?.kept !== true || body === current.message.body.slice(0, 2 * step.call.room) ? got : [...got, `${threadName(step.call.thread)} fetches another body than it was sent`];
}

/** A message that was received into a place for it has its bytes. */
const wasReceived = ({ after }: ChorusStep, { serial }: Message): boolean =>
  after.threads.some(({ current }) => current?.message.serial === serial && !current.kept);

/** What those who sent what cannot be had are told. */
const untold = (step: ChorusStep): readonly string[] => {
  const given = answeredAs(step, 'fetch');
  const failed = [...(given !== null && failsTo(step.before, given.errand, given.body) ? [given] : []), ...givenUp(step).filter(({ errand }) => errand.tag === 'fetch')];
  return failed.flatMap(({ id }) => waitingFor(step.before, id)).flatMap(({ thread, retry }) =>
    (!isSending(retry) || step.after.threads[thread]!.life === 'dead' || isToldOf(step, thread, 'K_EMAPPER') ? [] : [`${threadName(thread)} is not told that it cannot send`]));
};

/** Whether two calls ask the same, in whatever order they name it. */
const isSameCall = (a: Sending, b: Sending): boolean => Object.entries(a).every(([argument, value]) => same(value, b[argument as keyof Sending]));

/** What else happens where a thread waits for what it is to send. */
function hasty(step: ChorusStep): readonly string[] {
  if (!isSending(step.call) || putBack(step.after, step.call.thread) === null) return [];
  const { run } = step.after.threads[step.call.thread]!;
  const mapper = run.tag === 'paging' ? segmentOf(step.after.objects[run.object]!)?.ui ?? null : null;
  return [
    ...(isSameCall(putBack(step.after, step.call.thread)!, step.call) ? [] : [`${threadName(step.call.thread)} waits to send something else`]),
    ...besides(step, threadIs(step.call.thread, 'run'), ...marksOfRequest(step.before, mapper)),
  ];
}

export const bodyLaws = {
  'chorus/bodies-are-copied-later': {
    always: (state) => carried(state).flatMap(([{ body, parcel }, site]) => {
      const row = state.objects[parcel!]!;
      if (row.life === 'dead' || !row.parcel || row.site !== site) return ['a body on its way is nowhere'];
      return nowIn(state, parcel!) === body ? [] : [`a message has the body ${nowIn(state, parcel!)}, and was sent as ${body}`];
    }),
    step: (step) => [
      ...wronglySent(step), ...wronglyReceived(step),
      ...step.events.flatMap((event) => {
        const run = step.before.threads[event.thread]?.run;
        if (event.tag !== 'returned' || run?.tag !== 'answered' || run.answer.tag !== 'replied') return [];
        const { annex, body, room } = run.answer;
        return same(event.value, { size: body.length / 2, annex, body: body.slice(0, 2 * room) }) ? [] : [`${threadName(event.thread)} is given another answer than it was sent`];
      }),
    ],
    sometimes: {
      'a body is on its way that is copied later': ({ after }) => carried(after).length > 0,
      'memory is written that is on its way': (step) => isCall(step, 'memoryWrite') && errorOf(step) === null && !isBlocked(step)
        && carried(step.after).some(([{ parcel }]) => step.after.objects[parcel!]!.pages.some((page, at) => page !== null && (step.before.objects[parcel!]?.pages[at] ?? null) === null)),
      'memory is freed that is on its way': (step) => isCall(step, 'rgnFree') && errorOf(step) === null && carried(step.after).length > 0,
      'a body of memory is copied at once for another site': (step) => sentIn(step).some(({ thread, call }) => isWholePages(step.before, thread, call.body))
        && step.after.network.length > step.before.network.length,
      'a request is answered from memory': (step) => isCall(step, 'ipcReply') && errorOf(step) === null && typeof step.call.body !== 'string'
        && (step.before.threads[step.call.thread]!.current?.message.transaction ?? null) !== null,
      'a message takes its body to another site': (step) => isCall(step, 'portMigrate') && errorOf(step) === null
        && carried(step.before).length > carried(step.after).length,
    },
  },

  'chorus/bodies-are-in-own-memory': {
    ...together(refusing('chorus/bodies-are-in-own-memory'), { step: (step) => [...untold(step), ...hasty(step)], sometimes: {} }),
    sometimes: {
      ...refusing('chorus/bodies-are-in-own-memory').sometimes,
      'who sends waits for a page of its own': (step) => isSending(step.call) && putBack(step.after, step.call.thread) !== null,
      'a message is sent once its page has come': (step) => sentIn(step).some(({ late }) => late),
      'what is to be sent cannot be had': (step) => step.events.some((event) => event.tag === 'raised' && event.error === 'K_EMAPPER'
        && putBack(step.before, event.thread as never) !== null),
    },
  },
} satisfies ChorusLaws;
