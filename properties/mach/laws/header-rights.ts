import type { Entry } from '#model/mach/state';
import { callerTask, entryAt, errorOf, isLive, portName, taskName } from '#properties/mach/facts';
import { same } from '#properties/mach/laws/frame';
import { causesOf, missent, sendErrorOf } from '#properties/mach/laws/judged-sends';
import { once, onceRights } from '#properties/mach/laws/ledger';
import { expectedOf, sendEnd, sendsIn, type Sends } from '#properties/mach/laws/message-steps';
import { heard, isHeard } from '#properties/mach/laws/notices';
import { amiss } from '#properties/mach/laws/name-steps';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

type Send = Sends['send'];

const on = ['mach_msg'];

const sendOf = (step: MachStep): Send | null => sendsIn(step)?.send ?? null;

/** Whether a send is about two names of the caller's that might go, or one in both places. */
const sharesName = ({ remote, local }: Send): boolean => local.name > 0 && local.name === remote.name;

const uses = (step: MachStep, fits: (send: Send, step: MachStep) => boolean): boolean => {
  const send = sendOf(step);
  return send !== null && fits(send, step);
};

const goes = (step: MachStep, remote: string, local: string, fits: (entry: Entry) => boolean = () => true): boolean =>
  expectedOf(step) !== null && uses(step, (send) => sharesName(send) && send.remote.disposition === remote && send.local.disposition === local
    && fits(entryAt(step.before, callerTask(step), send.remote.name)!));

const isRefused = (step: MachStep, error: string): boolean => sendErrorOf(step) === error && sendEnd(step) === 'refused';

/** A refused send leaves all names, ports and queues as they were. */
const consumed = (step: MachStep): readonly string[] => (sendEnd(step) === 'refused' ? amiss(step) : []);

const references = (entry: Entry | null): number => (entry?.tag === 'port' ? entry.sends : 0);

/** Whether the error that is reported stands first in the reference implementation's order of checks. */
function misordered(step: MachStep): readonly string[] {
  const causes = causesOf(step) ?? [];
  const chosen = step.choices.find(({ kind, taken }) => kind === 'error' && taken.startsWith('MACH_SEND'));
  const error = sendErrorOf(step);
  if (causes.length === 0 || error === null) return [];
  if (chosen === undefined) return error === causes[0] ? [] : [`${error} was reported, and ${causes[0]} is looked for first`];
  return causes[chosen.option] === error && chosen.of === causes.length ? []
    : [`${error} stands at ${chosen.option} of ${chosen.of} that apply; the order is ${causes.join(', ')}`];
}

/** The message that a failed body leaves nothing of: everything it had taken is gone. */
const failed = (step: MachStep): boolean => expectedOf(step) !== null && expectedOf(step)!.error !== null;

/** Where in the names of the caller something came back of a message whose body had failed. */
const returnedRights = once((step): readonly string[] => {
  const expected = expectedOf(step);
  if (expected === null || expected.error === null) return [];
  const task = callerTask(step);
  const ports = new Set(step.before.ports.flatMap(({ life }, port) => (life === 'live' && !isLive(step.after, port as never) ? [port] : [])));
  const names = expected.space.names.slice(0, step.before.tasks[task]!.names.length);
  return names.flatMap((entry, name) => {
    const now = step.after.tasks[task]!.names[name] ?? null;
    const died = (entry?.tag === 'port' || entry?.tag === 'send-once') && ports.has(entry.port);
    return died || same(now, entry) || isUnflagged(entry, now) ? [] : [`n${name} of ${taskName(task)} is not what the failed send left of it`];
  });
});

/** The destruction of a message may settle an older one that was owed a notification. */
const isUnflagged = (entry: Entry | null, now: Entry | null): boolean =>
  entry?.tag === 'port' && now?.tag === 'port' && same({ ...entry, accepted: false }, now);

/** Send-once rights of a header that went with a failed body, and the notifications at their ports. */
function unfired(step: MachStep): readonly string[] {
  const expected = expectedOf(step);
  if (expected === null || expected.error === null) return [];
  const { destination, reply } = expected.message;
  const gone = [{ tag: 'right', ...destination } as const, reply].filter((right) => right.tag === 'right' && right.kind === 'send-once');
  return gone.flatMap((right) => {
    const { port } = right as { port: typeof destination.port };
    if (!isHeard(step, port)) return [];
    const due = gone.filter((other) => other.tag === 'right' && other.port === port).length;
    const told = heard(step).notices.filter(({ to, kind }) => to === port && kind === 'send-once').length;
    return told >= due ? [] : [`${portName(port)} was told of ${told} of ${due} send-once rights`];
  });
}

/** A port counts as many send-once rights as before, notifications on their way included. */
const balanced = (step: MachStep): readonly string[] => {
  const counts = onceRights(step).after;
  return step.after.ports.flatMap(({ life, sendOnceRights }, port) =>
    (life === 'dead' || sendOnceRights === counts[port] ? [] : [`${portName(port as never)} counts ${sendOnceRights} send-once rights`]));
};

export const headerLaws = {
  'mach/header-takes-send-dispositions': {
    on,
    step: (step) => (sendOf(step) === null ? [] : [...missent(step), ...consumed(step)]),
    sometimes: {
      'a receive right as destination is refused': (step) => uses(step, ({ remote }) => remote.disposition === 'move-receive')
        && errorOf(step) === 'MACH_SEND_INVALID_HEADER',
      'a receive right as reply is refused': (step) => uses(step, ({ local }) => local.disposition === 'move-receive')
        && errorOf(step) === 'MACH_SEND_INVALID_HEADER',
      'a message is sent through a send right made for it': (step) => expectedOf(step) !== null && uses(step, ({ remote }) => remote.disposition === 'make-send'),
      'a message is sent through a send-once right made for it': (step) =>
        expectedOf(step) !== null && uses(step, ({ remote }) => remote.disposition === 'make-send-once'),
      'NULL is the reply, with a disposition': (step) => expectedOf(step) !== null && uses(step, ({ local }) => local.name === 0 && local.disposition !== null),
      'DEAD is the reply, with a disposition': (step) => expectedOf(step) !== null && uses(step, ({ local }) => local.name === -1),
    },
  },

  'mach/destination-is-alive-at-copy-in': {
    on,
    step: (step) => (uses(step, ({ remote }) => entryAt(step.before, callerTask(step), remote.name)?.tag === 'dead')
      ? [...missent(step), ...consumed(step)] : []),
    sometimes: {
      'a dead destination is refused, and keeps its references': (step) => isRefused(step, 'MACH_SEND_INVALID_DEST')
        && uses(step, ({ remote }) => entryAt(step.before, callerTask(step), remote.name)?.tag === 'dead' && remote.disposition !== 'copy-send'),
      'nor is the reply right consumed': (step) => isRefused(step, 'MACH_SEND_INVALID_DEST')
        && uses(step, ({ remote, local }) => entryAt(step.before, callerTask(step), remote.name)?.tag === 'dead' && local.name > 0),
    },
  },

  'mach/header-rights-are-taken-together': {
    on,
    step: (step) => (sendOf(step) === null ? [] : [...missent(step), ...consumed(step), ...(uses(step, sharesName) ? amiss(step) : [])]),
    sometimes: {
      'copy and copy go with one reference': (step) => goes(step, 'copy-send', 'copy-send', (entry) => references(entry) === 1),
      'move and copy go with one reference': (step) => goes(step, 'move-send', 'copy-send', (entry) => references(entry) === 1),
      'copy and move go with one reference': (step) => goes(step, 'copy-send', 'move-send', (entry) => references(entry) === 1),
      'move and move go with two': (step) => goes(step, 'move-send', 'move-send', (entry) => references(entry) > 1),
      'move and move fail with one': (step) => uses(step, (send) => sharesName(send) && send.remote.disposition === 'move-send'
        && send.local.disposition === 'move-send' && references(entryAt(step.before, callerTask(step), send.remote.name)) === 1),
      'a right is made beside one that is copied': (step) => goes(step, 'copy-send', 'make-send-once') || goes(step, 'copy-send', 'make-send'),
      'a send-once right in both places fails': (step) => uses(step, (send) => sharesName(send) && send.remote.disposition === 'move-send-once')
        && sendEnd(step) === 'refused',
    },
  },

  'mach/bad-header-names-one-right': {
    on,
    step: (step) => ((causesOf(step)?.length ?? 0) > 0 ? [...missent(step), ...misordered(step)] : []),
    sometimes: {
      'an unknown destination is named': (step) => isRefused(step, 'MACH_SEND_INVALID_DEST')
        && uses(step, ({ remote }) => entryAt(step.before, callerTask(step), remote.name) === null),
      'the reply is named': (step) => isRefused(step, 'MACH_SEND_INVALID_REPLY'),
      'both are bad': (step) => ((causes) => causes !== null && causes.includes('MACH_SEND_INVALID_DEST') && causes.includes('MACH_SEND_INVALID_REPLY'))(causesOf(step)),
      'one name is bad for both': (step) => uses(step, sharesName) && sendEnd(step) === 'refused',
    },
  },

  'mach/body-failure-destroys-rights-taken': {
    on,
    step: (step) => (failed(step) ? [...missent(step), ...amiss(step), ...returnedRights(step)] : []),
    sometimes: {
      'a right of an earlier item is destroyed': (step) => failed(step) && expectedOf(step)!.message.body.some((item, at) =>
        item.tag === 'rights' && at < expectedOf(step)!.message.body.length - 1 && item.rights.some(({ tag }) => tag === 'right')),
      'a receive right is destroyed, and its port with it': (step) => failed(step) && expectedOf(step)!.space.takings.some(({ port, disposition }) =>
        disposition === 'move-receive' && !isLive(step.after, port)),
      'a reply right is destroyed': (step) => failed(step) && expectedOf(step)!.message.reply.tag === 'right',
    },
  },

  'mach/body-failure-fires-send-once': {
    on,
    step: (step) => (failed(step) ? [...missent(step), ...unfired(step), ...balanced(step), ...amiss(step)] : []),
    sometimes: {
      'a send-once destination fires': (step) => failed(step) && expectedOf(step)!.message.destination.kind === 'send-once',
      'a send-once reply fires at the sender': (step) => failed(step) && uses(step, ({ local }) => local.disposition === 'make-send-once' && local.name > 0),
      'an item of a wrong type is the cause': (step) => expectedOf(step)?.error === 'MACH_SEND_INVALID_TYPE',
      'a right that is not there is the cause': (step) => expectedOf(step)?.error === 'MACH_SEND_INVALID_RIGHT',
    },
  },
} satisfies MachLaws;
