import type { TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { MachState, Message, PortId } from '#model/mach/state';
import { isLive, portName, taskName, threadName } from '#properties/mach/facts';
import { dequeuesIn } from '#properties/mach/laws/dequeues';
import { fates, isHandedOver, keepsQueue } from '#properties/mach/laws/hand-overs';
import { dequeued, holding, inTransit, isCall } from '#properties/mach/laws/ledger';
import { expectedOf, sendEnd, takenIn } from '#properties/mach/laws/message-steps';
import type { MachLaws, MachStep } from '#properties/mach/obligation';
import { monitor } from '#properties/obligation';

/** A port whose holder was ended, and which was to live on with its backup. */
interface Followed {
  readonly backup: PortId;
  /** Whether the backup's message has been received: from then on somebody serves the port. */
  taken: boolean;
  /** The last message of each sender that was received, by serial number. */
  readonly last: Map<number, number>;
}

/** Every port that was ever handed over by the death of a task, as long as it lives. */
type Following = Map<PortId, Followed>;

/** Messages that left the queue of a port in a step. */
const left = ({ before, after }: MachStep, port: PortId): readonly Message[] =>
  before.ports[port]!.queue.filter(({ serial }) => !after.ports[port]!.queue.some((message) => message.serial === serial));

/** While the right is on its way to the backup nothing leaves the queue, and nobody else gets hold of it. */
function waits(step: MachStep, port: PortId, { backup }: Followed): string[] {
  if (left(step, port).length > 0) return [`messages of ${portName(port)} are gone before anybody could receive them`];
  const carrier = inTransit(step).after.get(port);
  if (carrier !== undefined) return carrier.destination.port === backup ? [] : [`${portName(port)} went astray on its way to ${portName(backup)}`];
  return [];
}

/** Who has the port now: whoever received the backup's message. */
function takeOver(step: MachStep, port: PortId, followed: Followed): string[] {
  const holder = holding(step).after.get(port);
  if (holder === undefined) return [];
  followed.taken = true;
  const owners = [holding(step).before.get(followed.backup)?.task, holding(step).after.get(followed.backup)?.task];
  return owners.includes(holder.task) ? [] : [`${portName(port)} fell to ${taskName(holder.task)}, and not to its backup`];
}

/** A port may die on its way only with the backup, or with a message received into too small a buffer. */
function lost(step: MachStep, port: PortId, { backup, taken }: Followed): string[] {
  const spoiled = dequeued(step).some(({ header, body }) => header.id === PORT_DESTROYED && body === null);
  return taken || spoiled || !isLive(step.after, backup) ? [] : [`${portName(port)} died on its way to ${portName(backup)}`];
}

const PORT_DESTROYED = 69;

/** What was received from the port: by its holder, and of each sender in the order of sending. */
function receivedFrom(step: MachStep, port: PortId, { last }: Followed): string[] {
  const wrong: string[] = [];
  for (const message of takenNow(step, port)) {
    if (message.sender < 0) continue;
    const earlier = last.get(message.sender) ?? -1;
    // A message that was sent in this very step has no number yet, and is the latest.
    const serial = message.serial < 0 ? step.before.serial : message.serial;
    if (serial < earlier) wrong.push(`message ${serial} of ${threadName(message.sender as ThreadId)} came after ${earlier}`);
    last.set(message.sender, Math.max(earlier, serial));
  }
  return wrong;
}

/** Messages of a port that were taken out of its queue in a step, in the order in which they came out. */
function takenNow({ before, after, ...step }: MachStep, port: PortId): readonly Message[] {
  const whole = { before, after, ...step };
  const direct = takenIn(whole).flatMap(({ source, handed }) => (source !== null && !handed && source.destination.port === port ? [source] : []));
  const handed = after.threads.flatMap(({ run }, id) => {
    const was = before.threads[id]?.run;
    const isNew = run.tag === 'handed' && !(was?.tag === 'handed' && was.message.serial === run.message.serial);
    return isNew && run.message.destination.port === port ? [run.message] : [];
  });
  return [...direct, ...handed];
}

/** Messages that left the queue of a port that lives and is served, and that nobody was seen to get. */
function vanished(step: MachStep, port: PortId): string[] {
  const gone = left(step, port).length;
  const got = dequeuesIn(step).filter((one) => one.port === port).length;
  const dead = step.before.threads.some(({ run, life }, id) => life === 'live' && step.after.threads[id]!.life === 'dead' && run.tag !== 'ready');
  return gone <= got || dead ? [] : [`${gone} messages left ${portName(port)}, and ${got} were received`];
}

/** A send to the port, by a right that is good, succeeds as it did before. */
function refused(step: MachStep, port: PortId): string[] {
  const expected = expectedOf(step);
  if (expected === null || expected.error !== null || expected.message.destination.port !== port) return [];
  return sendEnd(step) === 'refused' ? [`a send to ${portName(port)} was refused after its server had failed`] : [];
}

function follow(step: MachStep, port: PortId, followed: Followed): string[] {
  const wrong = [...vanished(step, port), ...receivedFrom(step, port, followed), ...refused(step, port)];
  if (followed.taken) return wrong;
  return [...waits(step, port, followed), ...wrong, ...takeOver(step, port, followed)];
}

/** Ports that begin to be followed: those of a task that ended in this step, with a backup that is safe. */
function begin(step: MachStep, following: Following): string[] {
  return fates(step).flatMap((fate) => {
    const { port, backup, due, cause } = fate;
    if (due !== 'handed over' || cause !== 'task ended' || backup === null) return [];
    if (!isLive(step.after, port)) return isHandedOver(step, fate) ? [] : [`${portName(port)} died with its holder, and ${portName(backup)} was registered for it`];
    const followed: Followed = { backup, taken: false, last: new Map() };
    following.set(port, followed);
    const kept = keepsQueue(step, port) ? [] : [`messages of ${portName(port)} were lost, or put in another order, when its holder ended`];
    return [...kept, ...takeOver(step, port, followed)];
  });
}

const busy = ({ before }: MachStep, port: PortId): boolean => before.ports[port]!.queue.length > 0;

/** Whether a state is one in which some server has failed: a task has ended, and a port of it lives with another. */
const isAfterFailure = ({ tasks }: MachState): boolean => tasks.some(({ life }) => life === 'dead');

/** The tasks that hold a port they got in a port-destroyed message in this very step. */
const heirs = (step: MachStep): readonly { readonly port: PortId; readonly task: TaskId }[] => [...holding(step).after].flatMap(([port, { task }]) => {
  const carrier = inTransit(step).before.get(port);
  return carrier?.id === PORT_DESTROYED && carrier.sender === -1 && isLive(step.before, port) ? [{ port, task }] : [];
});

export const failedServerLaws = {
  'mach/failed-server-hands-over-to-backup': {
    monitor: monitor<MachState, MachStep['call'], Following>({
      start: () => new Map(),
      next: (following, step) => {
        const wrong: string[] = [];
        for (const [port, followed] of following) {
          if (isLive(step.after, port)) wrong.push(...follow(step, port, followed));
          else {
            wrong.push(...lost(step, port, followed));
            following.delete(port);
          }
        }
        return [...wrong, ...begin(step, following)];
      },
    }),
    sometimes: {
      'a server fails with requests in its queue': (step) => fates(step).some(({ due, cause, port }) => due === 'handed over' && cause === 'task ended' && busy(step, port)),
      'a server fails while a client waits for room': (step) => fates(step).some(({ due, cause, port }) =>
        due === 'handed over' && cause === 'task ended' && step.before.ports[port]!.senders.length > 0),
      'a client sends on before the backup knows': (step) => isCall(step, 'mach_msg') && [...inTransit(step).before].some(([port, { id, sender }]) =>
        id === PORT_DESTROYED && sender === -1 && isLive(step.after, port) && step.after.ports[port]!.queue.length > step.before.ports[port]!.queue.length),
      'the backup takes over a busy port': (step) => heirs(step).some(({ port }) => busy(step, port)),
      'the new holder receives from it': (step) => isAfterFailure(step.before) && dequeuesIn(step).some(({ port }) =>
        isRestarted(step.before, port) && holding(step).before.has(port)),
    },
  },
} satisfies MachLaws;

/** Whether a port has clients, although its counts say that nobody was ever given a right to it: it has changed hands. */
const isRestarted = ({ ports }: MachState, port: PortId): boolean => {
  const known = ports[port];
  return known !== undefined && known.sequence === 0 && known.makeSend === 0 && known.sendRights > 0;
};
