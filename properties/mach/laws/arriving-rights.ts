import type { Name, ReceivedItem, TaskId } from '#spec/mach/vocabulary';
import type { Carried, Item } from '#model/mach/state';
import { errorOf, isLive, namesOf, taskName } from '#properties/mach/facts';
import { isCall } from '#properties/mach/laws/ledger';
import { denotes, givenBackIn, takenIn } from '#properties/mach/laws/message-steps';
import { missent } from '#properties/mach/laws/judged-sends';
import { misjudged } from '#properties/mach/laws/judged';
import { acquires, amiss, arrivals, type Arrival } from '#properties/mach/laws/name-steps';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

/** A right as a message carried it, and the name it got. */
interface Landing { readonly task: TaskId; readonly right: Carried; readonly name: Name }

/** Rights that arrived in messages, with their names. */
const landings = (step: MachStep): readonly Landing[] => [
  ...takenIn(step).flatMap(({ task, header, body, source }) => (source === null || body === null ? []
    : [{ task, right: source.reply, name: header.remote.name }, ...paired(task, source.body, body)])),
  ...givenBackIn(step).flatMap(({ task, source, message }) => paired(task, source.body, message.body)),
];

function paired(task: TaskId, sent: readonly Item[], found: readonly ReceivedItem[]): readonly Landing[] {
  return sent.flatMap((item, at) => {
    const seen = found[at];
    if (item.tag !== 'rights') return [];
    const names: readonly Name[] = seen?.tag === 'rights' ? seen.names : [];
    return item.rights.map((right, place) => ({ task, right, name: names[place] ?? Number.NaN as Name }));
  });
}

/** Names that do not stand for the right they were given for. */
const misplaced = (step: MachStep, speaksOf: (right: Carried) => boolean): readonly string[] =>
  landings(step).filter(({ right }) => speaksOf(right))
    .filter(({ task, right, name }) => !denotes(step.after, task, name, right))
    .map(({ task, right, name }) => `a ${right.tag} ${right.kind ?? ''} arrived at ${taskName(task)} as ${name}`);

/** A right whose port died while a message carried it. */
const isLate = ({ after }: MachStep, right: Carried): boolean =>
  right.tag === 'right' && right.kind !== 'receive' && !isLive(after, right.port);

const carriesStandIn = (step: MachStep, tag: 'null' | 'dead', how: Arrival['how']): boolean =>
  arrivals(step).some((arrival) => arrival.how === how && arrival.right.tag === tag && arrival.right.kind !== null);

const isFull = (step: MachStep, refs: number): boolean => refs === step.before.limits.references - 1;

export const arrivingLaws = {
  'mach/send-once-rights-have-separate-names': {
    step: (step) => (acquires(step, 'send-once') ? [
      ...amiss(step), ...misplaced(step, ({ kind }) => kind === 'send-once'), ...shared(step),
    ] : []),
    sometimes: {
      'a space has two send-once rights to one port': ({ after }) => [...namesOf(after)].some(([task, name, entry]) =>
        entry.tag === 'send-once' && after.tasks[task]!.names.some((other, another) =>
          another !== name && other?.tag === 'send-once' && other.port === entry.port)),
      'a space has a send-once right beside a send right': ({ after }) => [...namesOf(after)].some(([task, , entry]) =>
        entry.tag === 'send-once' && after.tasks[task]!.names.some((other) =>
          other?.tag === 'port' && other.port === entry.port && other.sends > 0)),
      'two arrive in one message': (step) => landings(step).filter(({ right }) => right.tag === 'right' && right.kind === 'send-once').length > 1,
    },
  },

  'mach/received-right-pegs-at-the-ceiling': {
    step: (step) => (acquires(step, 'send') || isCall(step, 'mach_port_insert_right') ? [...amiss(step), ...misjudged(step)] : []),
    sometimes: {
      'a right is received at the ceiling': (step) => acquires(step, 'send', (known, { how }) =>
        known !== null && isFull(step, known.sends) && how === 'message'),
      'an extracted right comes at the ceiling': (step) => acquires(step, 'send', (known, { how }) =>
        known !== null && isFull(step, known.sends) && how === 'extraction'),
      'an insertion at the ceiling is refused': (step) => isCall(step, 'mach_port_insert_right') && errorOf(step) === 'KERN_UREFS_OVERFLOW',
    },
  },

  'mach/arriving-right-finds-its-name': {
    step: (step) => (arrivals(step).length === 0 ? [] : [...amiss(step), ...misplaced(step, ({ tag }) => tag === 'right')]),
    sometimes: {
      'a send right finds a name': (step) => acquires(step, 'send', (known, { how }) => known !== null && how === 'message'),
      'a send right takes a new name': (step) => acquires(step, 'send', (known, { how }) => known === null && how === 'message'),
      'a receive right finds a name': (step) => acquires(step, 'receive', (known, { how }) => known !== null && how === 'message'),
      'a receive right takes a new name': (step) => acquires(step, 'receive', (known, { how }) => known === null && how === 'message'),
      'a send-once right takes a new name beside a known one': (step) =>
        acquires(step, 'send-once', (known, { how }) => known !== null && how === 'message'),
    },
  },

  'mach/null-and-dead-may-replace-rights': {
    step: (step) => [
      ...(isCall(step, 'mach_msg') && step.call.send?.body.some((item) => item.tag === 'rights' && item.names.some((name) => name <= 0)) === true
        ? [...missent(step), ...amiss(step)] : []),
      ...misplaced(step, ({ tag }) => tag !== 'right'),
    ],
    sometimes: {
      'NULL arrives': (step) => carriesStandIn(step, 'null', 'message'),
      'DEAD arrives': (step) => carriesStandIn(step, 'dead', 'message'),
    },
  },

  'mach/right-to-a-dead-port-arrives-dead': {
    step: (step) => (landings(step).some(({ right }) => isLate(step, right)) ? [
      ...amiss(step),
      ...landings(step).filter(({ right, name }) => isLate(step, right) && name !== -1 && isBuried(step, right))
        .map(({ name }) => `a right whose port is dead arrived as ${name}`),
    ] : []),
    sometimes: {
      'a send right arrives dead in a body': (step) => takenIn(step).some(({ source, body }) => body !== null
        && source?.body.some((item) => item.tag === 'rights' && item.rights.some((right) => right.kind === 'send' && isLate(step, right))) === true),
      'a send-once right arrives dead in a body': (step) => takenIn(step).some(({ source, body }) => body !== null
        && source?.body.some((item) => item.tag === 'rights' && item.rights.some((right) => right.kind === 'send-once' && isLate(step, right))) === true),
      'a reply right arrives dead': (step) => takenIn(step).some(({ source, body }) => body !== null && source !== null && isLate(step, source.reply)),
    },
  },
} satisfies MachLaws;

/** Whether a port was dead before the step, so that it cannot have died after the right had got its name. */
const isBuried = ({ before }: MachStep, right: Carried): boolean =>
  right.tag === 'right' && before.ports[right.port] !== undefined && !isLive(before, right.port);

/** Send-once rights that came in one step and share a name. */
function shared(step: MachStep): readonly string[] {
  const names = landings(step).filter(({ right, name }) => right.tag === 'right' && right.kind === 'send-once' && name > 0);
  return names.filter(({ task, name }, at) => names.findIndex((other) => other.task === task && other.name === name) < at)
    .map(({ task, name }) => `n${name} of ${taskName(task)} stands for two send-once rights`);
}

