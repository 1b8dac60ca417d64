import type { ReceivedItem, ReceivedMessage } from '#spec/mach/vocabulary';
import type { Carried, Item, Message } from '#model/mach/state';
import { isLive, portName, taskName, threadName } from '#properties/mach/facts';
import { changesHands, dequeuesIn } from '#properties/mach/laws/dequeues';
import { kinds } from '#properties/mach/laws/expected-send';
import { misnamed } from '#properties/mach/laws/expected-spaces';
import { same } from '#properties/mach/laws/frame';
import {
  denotes, expectedOf, givenBackIn, receivedAt, sendEnd, sendsIn, sentMessage, takenIn, type Taken,
} from '#properties/mach/laws/message-steps';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

type Received = Taken & { readonly source: Message; readonly body: readonly ReceivedItem[] };

/** Messages that arrived whole, and that were there to be seen before. */
const received = (step: MachStep): readonly Received[] =>
  takenIn(step).filter((taken): taken is Received => taken.source !== null && taken.body !== null);

/** Every pair of an item as it was sent, and as it is found: in a queue, on receipt, or given back. */
function* itemsOf(step: MachStep): Generator<readonly [sent: Item | undefined, found: Item | ReceivedItem | undefined]> {
  const pairs = function* (sent: readonly Item[], found: readonly (Item | ReceivedItem)[]) {
    for (let at = 0; at < Math.max(sent.length, found.length); at += 1) yield [sent[at], found[at]] as const;
  };
  const expected = expectedOf(step)?.message;
  const found = sentMessage(step);
  if (expected !== undefined && found !== null) yield* pairs(expected.body, found[0].body);
  for (const { source, body } of received(step)) yield* pairs(source.body, body);
  for (const { source, message } of givenBackIn(step)) yield* pairs(source.body, message.body);
}

/** The complex flags there should be, and those there are. */
function* flagsOf(step: MachStep): Generator<readonly [expected: boolean, found: boolean]> {
  const expected = expectedOf(step)?.message;
  const found = sentMessage(step);
  if (expected !== undefined && found !== null) yield [expected.complex, found[0].complex];
  for (const { source, header } of takenIn(step)) if (source !== null) yield [source.complex, header.complex];
  for (const { source, message } of givenBackIn(step)) yield [source.complex, message.complex];
}

/** Whether an item holds the very bytes of another, or names for the very rights. */
function isCopyOf({ after }: MachStep, taken: Received, sent: Item, found: ReceivedItem | undefined): boolean {
  if (sent.tag === 'region') {
    const isLost = found?.tag === 'region' && found.size === 0 && sent.size > 0;
    return found?.tag === 'region' && found.type === sent.type && found.bits === (isLost ? 0 : sent.bits) && found.long === sent.long;
  }
  if (sent.tag !== 'rights') return same(sent, found);
  return found?.tag === 'rights' && found.long === sent.long && found.names.length === sent.rights.length
    && sent.rights.every((right, at) => denotes(after, taken.task, found.names[at]!, right));
}

const rightNames = (body: readonly ReceivedItem[], kind: string): readonly number[] =>
  body.flatMap((item) => (item.tag === 'rights' && item.kind === kind ? item.names : [])).filter((name) => name > 0);

const isRepeated = (names: readonly number[]): boolean => new Set(names).size < names.length;

const complexSend = (step: MachStep) => sendsIn(step)?.send.complex === true && sendEnd(step) !== 'refused';

const simpleSend = (step: MachStep) => sendsIn(step)?.send.complex === false && sendEnd(step) !== 'refused';

const hasRights = (rights: readonly Carried[]) => rights.some(({ tag }) => tag === 'right');

const headerKeys = ['complex', 'id', 'local', 'remote', 'sequence', 'size'];

const keysOf = (value: object) => Object.keys(value).sort();

const arrivesAs = (step: MachStep, wanted: (message: Pick<ReceivedMessage, 'body'>, source: Message) => boolean) =>
  received(step).some(({ body, source }) => wanted({ body }, source));

export const messageFormLaws = {
  'mach/header-fields-swap-on-receipt': {
    step: (step) => {
      const expected = expectedOf(step)?.message;
      const sent = sentMessage(step)?.[0];
      const kept = expected !== undefined && sent !== undefined ? ['destination', 'reply', 'id', 'size'] as const : [];
      return [
        ...kept.filter((field) => !same(expected![field], sent![field])).map((field) => `the ${field} of the message sent is another`),
        ...received(step).flatMap(({ thread, task, header, source }) => [
          ...(denotes(step.after, task, header.remote.name, source.reply) ? [] : [`${threadName(thread)} got another reply right`]),
          ...(header.remote.kind === source.reply.kind ? [] : [`${threadName(thread)} sees a remote ${header.remote.kind}`]),
          ...(header.local.kind === source.destination.kind ? [] : [`${threadName(thread)} sees a local ${header.local.kind}`]),
          ...(header.id === source.id ? [] : [`${threadName(thread)} sees id ${header.id} instead of ${source.id}`]),
          ...(header.size === source.size ? [] : [`${threadName(thread)} sees size ${header.size} instead of ${source.size}`]),
        ]),
      ];
    },
    sometimes: {
      'a message comes with a send-once reply right': (step) =>
        received(step).some(({ source: { reply } }) => reply.tag === 'right' && reply.kind === 'send-once'),
      'a message comes with a send right as reply': (step) =>
        received(step).some(({ source: { reply } }) => reply.tag === 'right' && reply.kind === 'send'),
      'a message comes without a reply right': (step) => received(step).some(({ source }) => source.reply.kind === null),
      'a reply comes through a send-once right': (step) =>
        received(step).some(({ source }) => source.destination.kind === 'send-once' && source.sender >= 0),
    },
  },

  'mach/simple-body-is-plain-bytes': {
    step: (step) => {
      const isSimple = simpleSend(step);
      const plain = received(step).filter(({ source }) => source.body.every(({ tag }) => tag !== 'rights' && tag !== 'region'));
      return [
        ...(isSimple && sendEnd(step) === 'destroyed' ? ['the kernel took offence at the body of a simple message'] : []),
        ...(isSimple ? misnamed(step) : []),
        ...(isSimple && sentMessage(step) !== null && !same(sentMessage(step)![0].body, expectedOf(step)!.message.body)
          ? ['the bytes of a simple message changed as it was sent'] : []),
        ...plain.flatMap(({ thread, source, body }) =>
          (same(source.body, body) ? [] : [`${threadName(thread)} got other bytes than were sent`])),
      ];
    },
    sometimes: {
      'a simple message holds what would be rights': (step) =>
        simpleSend(step) && sendsIn(step)!.send.body.some(({ tag }) => tag === 'rights'),
      'a simple message with bytes is received': (step) =>
        arrivesAs(step, ({ body }, { complex }) => !complex && body.some(({ tag }) => tag === 'data')),
      'what would be rights arrives as bytes': (step) =>
        arrivesAs(step, ({ body }) => body.some(({ tag }) => tag === 'uninterpreted')),
      'header rights travel with a simple message': (step) =>
        arrivesAs(step, (_, { complex, reply }) => !complex && reply.tag === 'right'),
    },
  },

  'mach/complex-body-is-typed-items': {
    step: (step) => {
      const sent = complexSend(step) ? sentMessage(step) : null;
      return [
        ...(sent === null || same(sent[0].body, expectedOf(step)?.message.body) ? [] : ['items changed as they were sent']),
        ...(received(step).some(({ source }) => source.complex) || complexSend(step) ? misnamed(step) : []),
        ...received(step).flatMap((taken) => {
          const { thread, source, body } = taken;
          const whole = body.length === source.body.length && source.body.every((item, at) => isCopyOf(step, taken, item, body[at]));
          const own = rightNames(body, 'send-once');
          return [
            ...(whole ? [] : [`${threadName(thread)} got other items than were sent`]),
            ...(isRepeated(own) ? [`${threadName(thread)} got two send-once rights under one name`] : []),
          ];
        }),
      ];
    },
    sometimes: {
      'several items arrive': (step) => arrivesAs(step, ({ body }) => body.length > 1),
      'rights and data arrive together': (step) => arrivesAs(step, ({ body }) =>
        body.some(({ tag }) => tag === 'data') && body.some(({ tag }) => tag === 'rights')),
      'several rights arrive in one item': (step) => arrivesAs(step, (_, { body }) =>
        body.some((item) => item.tag === 'rights' && item.rights.filter(({ tag }) => tag === 'right').length > 1)),
    },
  },

  'mach/complex-flag-needs-ports-or-regions': {
    step: (step) => [...flagsOf(step)].flatMap(([expected, found]) =>
      (!expected && found ? ['a message without port items came out complex'] : [])),
    sometimes: {
      'a message flagged complex holds data alone': (step) =>
        complexSend(step) && sendsIn(step)!.send.body.every(({ tag }) => tag === 'data'),
    },
  },

  'mach/received-type-names-the-right': {
    step: (step) => {
      const send = sendsIn(step)?.send;
      const found = send?.complex === true ? sentMessage(step)?.[0].body ?? [] : [];
      return [
        ...found.flatMap((item, at) => {
          const sent = send!.body[at];
          if (sent?.tag !== 'rights' || item.tag !== 'rights' || item.kind === kinds[sent.disposition]) return [];
          return [`an item sent as ${sent.disposition} travels as ${item.kind}`];
        }),
        ...[...itemsOf(step)].flatMap(([sent, seen]) =>
          (sent?.tag === 'rights' && (seen?.tag !== 'rights' || seen.kind !== sent.kind) ? [`an item of ${sent.kind} rights arrives as another`] : [])),
      ];
    },
    sometimes: Object.fromEntries((['receive', 'send', 'send-once'] as const).map((kind) => [
      `a ${kind} right arrives`,
      (step: MachStep) => arrivesAs(step, (_, { body }) => body.some((item) =>
        item.tag === 'rights' && item.kind === kind && hasRights(item.rights))),
    ])),
  },

  'mach/kernel-stamps-the-sequence-number': {
    step: (step) => dequeuesIn(step).flatMap(({ port, thread, sequence }, _, all) => {
      const first = step.before.ports[port]?.sequence;
      if (first === undefined || changesHands(step, port)) return [];
      const others = all.filter((other) => other.port === port);
      const isNext = sequence >= first && sequence < first + others.length
        && others.every((other) => other.thread === thread || other.sequence !== sequence);
      return isNext ? [] : [`${threadName(thread)} got number ${sequence} from ${portName(port)}, which was at ${first}`];
    }),
    sometimes: {
      'a message is stamped with a number above 0': (step) => dequeuesIn(step).some(({ sequence }) => sequence > 0),
      'several messages of a port are stamped in one step': (step) =>
        dequeuesIn(step).some(({ port }, at, all) => all.some((other, place) => place !== at && other.port === port)),
    },
  },

  'mach/receiver-learns-port-and-right-kind': {
    step: (step) => takenIn(step).flatMap(({ thread, task, header, body, source }) => {
      const keys = keysOf(header);
      const port = source?.destination.port;
      const known = receivedAt(step.before, step.after, task, header.local.name);
      const wrongPort = port !== undefined && header.local.name > 0 && isLive(step.after, port) && known !== port;
      return [
        ...(same(keys, headerKeys) && (body === null || keysOf(header.local).length === 2)
          ? [] : [`${threadName(thread)} learns ${keys.join(', ')}`]),
        ...(wrongPort ? [`${taskName(task)} is told of n${header.local.name} for ${portName(port)}`] : []),
        ...(source === null || header.local.kind === source.destination.kind ? [] : [`${threadName(thread)} is told of another kind of right`]),
      ];
    }),
    sometimes: {
      'a message of a set member is received': (step) =>
        takenIn(step).some(({ source }) => source !== null && step.before.ports[source.destination.port]!.set !== null),
      'a message through a send-once right is received': (step) => takenIn(step).some(({ header }) => header.local.kind === 'send-once'),
      'a message through a send right is received': (step) => takenIn(step).some(({ header }) => header.local.kind === 'send'),
    },
  },

  'mach/port-items-keep-messages-complex': {
    step: (step) => [
      ...[...flagsOf(step)].flatMap(([expected, found]) => (expected && !found ? ['a message with port items came out simple'] : [])),
      ...[...itemsOf(step)].flatMap(([sent, found]) => {
        if (sent?.tag === 'data' && !same(sent, found)) return [`data of type ${sent.type} arrives as something else`];
        if (sent?.tag !== 'rights' || found?.tag !== 'rights') return [];
        const count = 'names' in found ? found.names.length : found.rights.length;
        return count === sent.rights.length ? [] : [`an array of ${sent.rights.length} rights arrives as ${count}`];
      }),
    ],
    sometimes: {
      'port items hold no right': (step) => arrivesAs(step, (_, { body, complex }) =>
        complex && body.every((item) => item.tag !== 'rights' || !hasRights(item.rights))),
      'an item of unknown type arrives': (step) =>
        arrivesAs(step, ({ body }) => body.some((item) => item.tag === 'data' && item.type === 99)),
      'an array in the long form arrives': (step) =>
        arrivesAs(step, ({ body }) => body.some((item) => item.tag === 'rights' && item.long && item.names.length > 1)),
    },
  },
} satisfies MachLaws;
