import { copyLater, writePage } from '#model/chorus/memory/objects';
import { fetch } from '#model/chorus/memory/paging';
import { putOff } from '#model/chorus/messages/bodies';
import { take } from '#model/chorus/messages/receive';
import { compose, transmit } from '#model/chorus/messages/send';
import { answerRequest } from '#model/chorus/messages/reply';
import type { Chorus } from '#model/chorus/world';
import { errorOf, isCall, receipts, returned, siteAt, siteOfPort, wentThrough } from '#properties/chorus/facts';
import { around } from '#properties/chorus/laws/faults';
import { destinationsOf } from '#properties/chorus/laws/groups';
import { begun, begunAs } from '#properties/chorus/laws/paging';
import { isWholePages, sentIn, type Sent } from '#properties/chorus/laws/sent';
import type { CallOf, ChorusLaws, ChorusMutants, ChorusStep } from '#properties/chorus/obligation';

const counted = ({ cost }: ChorusStep, what: string): number => cost[what] ?? 0;

/** The count of something is as it is to be. */
const costs = (step: ChorusStep, what: string, expected: number): readonly string[] =>
  (counted(step, what) === expected ? [] : [`${step.call.operation} cost ${counted(step, what)} of ${what}, not ${expected}`]);

const isSend = (step: ChorusStep): boolean => isCall(step, 'ipcSend', 'ipcCall') && wentThrough(step);

/** A packet that a step sent off. */
const sentOff = ({ before, after }: ChorusStep): number => after.network.filter((packet) => !before.network.includes(packet)).length;

const isAnswer = (step: ChorusStep): boolean => isCall(step, 'ipcReply') && returned(step)
  && (step.before.threads[step.call.thread]!.current?.message.transaction ?? null) !== null;

/** Whether a step is one in which nothing else has a cost: nobody goes on with what it waited for a page for. */
const isAlone = ({ before }: ChorusStep): boolean => before.threads.every(({ run }) => run.tag !== 'paging' && run.tag !== 'resuming');

/** The pages of copies, and of what they are made of, that a step made pages of their own. */
const copiedPages = ({ before, after }: ChorusStep): number => after.objects.reduce((sum, { pages }, id) => sum + pages.filter((page, at) =>
  page !== null && before.objects[id] !== undefined && (before.objects[id]!.pages[at] ?? null) === null).length, 0);

/** How many pages the nucleus began to fetch or to push out. */
const pagesMoved = (step: ChorusStep): number => begunAs(step, 'fetch').length + begunAs(step, 'push').length;

export const costLaws = {
  'chorus/send-looks-up-one-identifier': {
    on: ['ipcSend', 'ipcCall'],
    step: (step) => (isSend(step) ? costs(step, 'lookup', 1) : []),
    sometimes: { 'a message is sent': isSend },
  },
  'chorus/local-message-is-copied-twice': {
    on: ['ipcSend', 'ipcCall', 'ipcReceive'],
    step: (step) => {
      if (!isAlone(step)) return [];
      const intoPlace = receipts(step).filter(({ thread }) => step.after.threads[thread]!.current?.kept === false).length;
      if (isCall(step, 'ipcReceive')) return costs(step, 'copy', intoPlace);
      if (!isSend(step) || destinationsOf(step).length === 0 || sentIn(step).length === 0) return [];
      const [{ thread, call: { body } }] = sentIn(step) as [Sent];
      const later = isWholePages(step.before, thread, body) && destinationsOf(step).every((port) => port !== null && siteOfPort(step.before, port) === siteAt(step.before, thread));
      return costs(step, 'copy', (later ? 0 : 1) + intoPlace);
    },
    sometimes: {
      'a message is sent and received in one step': (step) => isSend(step) && receipts(step).length > 0,
      'a body is copied later': (step) => isSend(step) && counted(step, 'copy') === 0 && sentIn(step).some(({ call }) => typeof call.body !== 'string'),
      'a message is received into a place for it': (step) => isCall(step, 'ipcReceive') && returned(step) && step.call.room !== null,
    },
  },
  'chorus/remote-message-is-a-packet': {
    on: ['ipcSend', 'ipcCall', 'ipcReply', 'threadAbort'],
    step: (step) => (isAlone(step) && errorOf(step) === null ? costs(step, 'packet', sentOff(step)) : []),
    sometimes: { 'something is sent to another site': (step) => isSend(step) && sentOff(step) > 0 },
  },
  'chorus/call-is-two-messages': {
    on: ['ipcCall', 'ipcReply'],
    step: (step) => {
      if (!isAlone(step)) return [];
      if (isCall(step, 'ipcCall')) return wentThrough(step) ? costs(step, 'message', 1) : [];
      const transaction = isAnswer(step) ? step.before.transactions[step.before.threads[(step.call as CallOf<'ipcReply'>).thread]!.current!.message.transaction!]! : null;
      return transaction?.life === 'open' ? costs(step, 'message', 1) : [];
    },
    sometimes: { 'a call is made': (step) => isCall(step, 'ipcCall') && wentThrough(step), 'a call is answered': isAnswer },
  },
  'chorus/broadcast-costs-each-copy': {
    on: ['ipcSend'],
    step: (step) => (isSend(step) && isAlone(step) ? costs(step, 'message', destinationsOf(step).length) : []),
    sometimes: { 'several members get a copy': (step) => isSend(step) && destinationsOf(step).length > 1 },
  },
  'chorus/put-off-copy-costs-the-pages-written': {
    on: ['memoryWrite', 'memoryRead', 'rgnInitFromActor', 'rgnDup'],
    step: (step) => {
      if (!isAlone(step) || receipts(step).length > 0) return [];
      const made = copiedPages(step);
      return [...costs(step, 'copy', made), ...costs(step, 'byte', made * step.before.limits.page)];
    },
    sometimes: {
      'a source is written, or a copy': (step) => copiedPages(step) > 0,
      'a copy is made, and nothing is copied': (step) => isCall(step, 'rgnInitFromActor') && returned(step),
    },
  },
  'chorus/page-in-is-a-call': {
    on: ['memoryRead', 'memoryWrite', 'sgRead', 'sgWrite', 'pageIsPushedOut', 'segmentIsReleased'],
    step: (step) => (isAlone(step) ? [...costs(step, 'page', pagesMoved(step)), ...costs(step, 'message', begun(step).length)] : []),
    sometimes: { 'a page is asked for': (step) => begunAs(step, 'fetch').length > 0, 'a page is pushed out': (step) => begunAs(step, 'push').length > 0 },
  },
} satisfies ChorusLaws;

export const costMutants: ChorusMutants = {
  'calls-look-up-twice': {
    rule: 'chorus/send-looks-up-one-identifier',
    fault: 'a call looks its identifier up twice',
    operations: around('ipcCall', (world, call, step) => {
      world.charge('lookup');
      return step(world, call);
    }),
  },
  'messages-are-copied-once-more': {
    rule: 'chorus/local-message-is-copied-twice',
    fault: 'a message is copied twice when it is sent',
    mechanisms: {
      compose: (world, thread, from, sending, transaction) => {
        world.charge('copy');
        return compose(world, thread, from, sending, transaction);
      },
    },
  },
  'kept-bodies-are-copied': {
    rule: 'chorus/local-message-is-copied-twice',
    fault: 'a body that stays with the system is copied all the same',
    mechanisms: {
      take: (world, thread, port, room) => {
        if (room === null) world.charge('copy');
        return take(world, thread, port, room);
      },
    },
  },
  'local-messages-go-by-packets': {
    rule: 'chorus/remote-message-is-a-packet',
    fault: 'a message on one site costs a packet',
    mechanisms: {
      transmit: (world, from, port, message) => {
        const { network } = world.state;
        const { length } = network;
        transmit(world, from, port, message);
        if (network.length === length) world.charge('packet');
      },
    },
  },
  'answers-are-acknowledged': {
    rule: 'chorus/call-is-two-messages',
    fault: 'an answer costs a message more',
    mechanisms: {
      answerRequest: (world, thread, id, reply) => {
        world.charge('message');
        return answerRequest(world, thread, id, reply);
      },
    },
  },
  'broadcasts-cost-one-message': {
    rule: 'chorus/broadcast-costs-each-copy',
    fault: 'a broadcast to several members is counted as one message',
    operations: around('ipcSend', (world, call, step) => {
      const verdict = step(world, call);
      const { cost } = world as unknown as { cost: Record<string, number> };
      if ((cost['message'] ?? 0) > 1) cost['message'] = 1;
      return verdict;
    }),
  },
  'copies-are-paid-for-when-they-are-made': {
    rule: 'chorus/put-off-copy-costs-the-pages-written',
    fault: 'a copy that is put off costs its pages at once',
    mechanisms: {
      copyLater: (world, source, offset, size) => {
        (world as Chorus).charge('copy', size);
        return copyLater(world, source, offset, size);
      },
    },
  },
  'every-write-copies-a-page': {
    rule: 'chorus/put-off-copy-costs-the-pages-written',
    fault: 'a write to memory that nobody has copied costs a copy',
    mechanisms: {
      writePage: (world, object, page, at, bytes) => {
        world.charge('copy');
        writePage(world, object, page, at, bytes);
      },
    },
  },
  'large-bodies-cost-a-copy': {
    rule: 'chorus/local-message-is-copied-twice',
    fault: 'a body that is copied later costs a copy when it is sent',
    mechanisms: {
      putOff: (world, region, body) => {
        (world as Chorus).charge('copy');
        return putOff(world, region, body);
      },
    },
  },
  'pages-come-two-by-two': {
    rule: 'chorus/page-in-is-a-call',
    fault: 'a page that is asked for is counted twice',
    mechanisms: {
      fetch: (world, object, page, write) => {
        world.charge('page');
        return fetch(world, object, page, write);
      },
    },
  },
};
