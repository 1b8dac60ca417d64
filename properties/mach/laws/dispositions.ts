import type { Disposition } from '#spec/mach/vocabulary';
import type { Entry, Port } from '#model/mach/state';
import { callerTask, entryAt, isLive, portName } from '#properties/mach/facts';
import { changesHands } from '#properties/mach/laws/dequeues';
import { missent, causesOf } from '#properties/mach/laws/judged-sends';
import { argumentIn, judged, misjudged } from '#properties/mach/laws/judged';
import { isCall, once, onceRights, senders, targetTask } from '#properties/mach/laws/ledger';
import { expectedOf, sendsIn } from '#properties/mach/laws/message-steps';
import { amiss, takes, takings, type Taking } from '#properties/mach/laws/name-steps';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

type Fits = (entry: Entry, taking: Taking) => boolean;

/** Every name that a call would give away by some disposition, whether it can or not. */
interface Attempt { readonly disposition: Disposition; readonly entry: Entry | null; readonly as: Taking['as'] }

const attempts = once((step): readonly Attempt[] => {
  const { before, call } = step;
  const found: Attempt[] = [];
  const add = (entry: Entry | null, disposition: string | null, as: Taking['as']): void => {
    if (disposition !== null && disposition !== 'other') found.push({ disposition: disposition as Disposition, entry, as });
  };
  const send = sendsIn(step)?.send;
  if (send !== undefined) {
    const task = callerTask(step);
    add(entryAt(before, task, send.remote.name), send.remote.disposition, 'destination');
    if (send.local.name > 0) add(entryAt(before, task, send.local.name), send.local.disposition, 'reply');
    if (send.complex) {
      for (const item of send.body) {
        if (item.tag === 'rights') for (const name of item.names) if (name > 0) add(entryAt(before, task, name), item.disposition, 'item');
      }
    }
  }
  const argument = argumentIn(step);
  if (argument !== null && argument.name > 0) add(entryAt(before, callerTask(step), argument.name), argument.disposition, 'argument');
  const target = isCall(step, 'mach_port_extract_right') ? targetTask(step) : null;
  if (call.operation === 'mach_port_extract_right' && target !== null) add(entryAt(before, target, call.name), call.disposition, 'extraction');
  return found;
});

const tries = (step: MachStep, disposition: Disposition, fits: (attempt: Attempt) => boolean = () => true): boolean =>
  attempts(step).some((attempt) => attempt.disposition === disposition && fits(attempt));

/** What the ports count of their rights, held against the rights there are, where a step took some. */
function miscounted(step: MachStep): readonly string[] {
  if (takings(step).length === 0) return [];
  const [sends, onces] = [senders(step).after, onceRights(step).after];
  return takings(step).flatMap(({ entry }) => {
    if (entry.tag !== 'port' && entry.tag !== 'send-once') return [];
    const { life, sendRights, sendOnceRights } = step.after.ports[entry.port]!;
    if (life === 'dead') return [];
    const fine = sendOnceRights === onces[entry.port] && (sendRights === sends[entry.port] || step.after.variant === 'gnumach');
    return fine ? [] : [`${portName(entry.port)} does not count its rights`];
  });
}

/** The make-send counts of ports that rights were taken from: up by one for each send right made. */
function makesMiscounted(step: MachStep): readonly string[] {
  const { before, after } = step;
  const ports = new Set(takings(step).flatMap(({ entry }) => (entry.tag === 'port' ? [entry.port] : [])));
  return [...ports].flatMap((port) => {
    if (!isLive(after, port) || changesHands(step, port) || takes(step, 'move-receive')) return [];
    const made = takings(step).filter(({ disposition, entry }) => disposition === 'make-send' && entry.tag === 'port' && entry.port === port).length;
    const grown = after.ports[port]!.makeSend - before.ports[port]!.makeSend;
    return grown === made ? [] : [`${made} send rights to ${portName(port)} were made, and its count grew by ${grown}`];
  });
}

/** All a step does with a disposition: whether it may, what leaves, what is counted, what travels. */
const lawOf = (disposition: Disposition) => (step: MachStep): readonly string[] =>
  (tries(step, disposition) ? [...missent(step), ...misjudged(step), ...amiss(step), ...miscounted(step), ...makesMiscounted(step)] : []);

const taken = (disposition: Disposition, fits: Fits) => (step: MachStep): boolean =>
  takes(step, disposition, (taking) => fits(taking.entry, taking));

const refusedFor = (disposition: Disposition, fits: (attempt: Attempt) => boolean) => (step: MachStep): boolean =>
  tries(step, disposition, fits) && ((causesOf(step)?.length ?? 0) > 0 || expectedOf(step)?.error === 'MACH_SEND_INVALID_RIGHT' || judged(step) !== null);

/** Whether a receive right leaves whose port was as described. */
const moves = (step: MachStep, fits: (port: Port) => boolean): boolean =>
  takes(step, 'move-receive', ({ entry }) => entry.tag === 'port' && fits(step.before.ports[entry.port]!));

const isDead = (entry: Entry | null): boolean => entry?.tag === 'dead';

const inMessage = (as: Taking['as']): boolean => as === 'item' || as === 'reply';

const deadDestination = (attempt: Attempt): boolean => attempt.as === 'destination' && isDead(attempt.entry);

/** A disposition that does not go with the live right it is tried on. */
const misfits = ({ disposition, entry }: Attempt): boolean =>
  (entry?.tag === 'send-once' && (disposition === 'copy-send' || disposition === 'move-send'))
  || (entry?.tag === 'port' && entry.sends > 0 && !entry.receive && disposition === 'move-send-once');

export const dispositionLaws = {
  'mach/move-receive-carries-the-receive-right': {
    step: lawOf('move-receive'),
    sometimes: {
      'it leaves in a message': taken('move-receive', (_, { as }) => as === 'item'),
      'its port had counts to reset': (step) => moves(step, ({ makeSend, sequence }) => makeSend > 0 && sequence > 0),
      'it leaves a set': (step) => moves(step, ({ set }) => set !== null),
      'threads wait for its messages': (step) => moves(step, ({ receivers }) => receivers.length > 0),
      'a dead name has none': refusedFor('move-receive', ({ entry }) => isDead(entry)),
    },
  },

  'mach/move-send-carries-a-reference-away': {
    step: lawOf('move-send'),
    sometimes: {
      'a message is sent through the last reference': taken('move-send', (entry, { as }) => as === 'destination' && entry.tag === 'port' && entry.sends === 1),
      'one of several travels in a body': taken('move-send', (entry, { as }) => as === 'item' && entry.tag === 'port' && entry.sends > 1),
      'a dead name travels': taken('move-send', (entry, { as }) => inMessage(as) && isDead(entry)),
      'a dead name is no destination': refusedFor('move-send', deadDestination),
    },
  },

  'mach/copy-send-duplicates-the-send-right': {
    step: lawOf('copy-send'),
    sometimes: {
      'a message is sent through a copy': taken('copy-send', (_, { as }) => as === 'destination'),
      'a copy travels in a body': taken('copy-send', (entry, { as }) => as === 'item' && entry.tag === 'port'),
      'a dead name travels': taken('copy-send', (entry, { as }) => inMessage(as) && isDead(entry)),
      'a dead name is no destination': refusedFor('copy-send', deadDestination),
    },
  },

  'mach/make-send-counts-on-the-port': {
    step: lawOf('make-send'),
    sometimes: {
      'one is made for a message body': taken('make-send', (_, { as }) => as === 'item'),
      'one is made to send through': taken('make-send', (_, { as }) => as === 'destination'),
      'one is made for an argument': taken('make-send', (_, { as }) => as === 'argument'),
      'a dead name makes none': refusedFor('make-send', ({ entry }) => isDead(entry)),
    },
  },

  'mach/move-send-once-carries-the-right': {
    step: lawOf('move-send-once'),
    sometimes: {
      'a message is sent through one': taken('move-send-once', (_, { as }) => as === 'destination'),
      'one travels in a body': taken('move-send-once', (entry, { as }) => as === 'item' && entry.tag === 'send-once'),
      'a dead name travels': taken('move-send-once', (entry, { as }) => inMessage(as) && isDead(entry)),
      'a dead name is no destination': refusedFor('move-send-once', deadDestination),
    },
  },

  'mach/make-send-once-makes-a-new-right': {
    step: lawOf('make-send-once'),
    sometimes: {
      'one is made to reply through': taken('make-send-once', (_, { as }) => as === 'reply'),
      'one is made for a body': taken('make-send-once', (_, { as }) => as === 'item'),
      'a dead name makes none': refusedFor('make-send-once', ({ entry }) => isDead(entry)),
    },
  },

  'mach/disposition-matches-the-live-right': {
    step: (step) => (attempts(step).some((attempt) => misfits(attempt) || (isDead(attempt.entry) && !attempt.disposition.startsWith('make')))
      ? [...missent(step), ...misjudged(step), ...amiss(step)] : []),
    sometimes: {
      'a live send-once right is tried as a send right': (step) => attempts(step).some((attempt) => misfits(attempt) && attempt.entry?.tag === 'send-once'),
      'a live send right is tried as a send-once right': (step) => attempts(step).some((attempt) => misfits(attempt) && attempt.entry?.tag === 'port'),
      'a dead name goes as either': (step) => takings(step).some(({ entry, as }) => inMessage(as) && isDead(entry)),
    },
  },
} satisfies MachLaws;
