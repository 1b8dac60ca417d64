import type { Name, TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { machStage, type MachDeed, type MachRoles } from '#properties/mach/stage';
import type { Failing } from '#properties/network/failing';
import type { Act, Observation, Script, Stage } from '#properties/network/stage';
import type { Random } from '#properties/random';

const SERVER = 0;
const BACKUP = 1;
const FIRST_CLIENT = 2;
const MOST_CLIENTS = 3;
const MOST_ACTS = 16;
/** The backup may have received so many requests and not answered them. */
const UNANSWERED = [0, 1, 2, 3, 4, 5];

const identity = <Id>(id: Id) => ({ tag: 'identity', identity: id }) as const;
const service = { tag: 'of', process: SERVER } as const;

/** Clients that send to one port and call it, its server, and a backup. */
function draw(random: Random): Script<MachDeed> {
  const processes = FIRST_CLIENT + 1 + random.below(MOST_CLIENTS);
  const acts = Array.from({ length: 4 + random.below(MOST_ACTS) }, (_, at): Act<MachDeed> => {
    const id = 100 + at;
    switch (random.below(8)) {
      case 0:
      case 1: return { process: SERVER, deed: { tag: 'receive', waits: random.once(2) } };
      case 2: return { process: SERVER, deed: { tag: 'reply', ago: 0, id } };
      case 3: return { process: BACKUP, deed: random.pick([{ tag: 'receive', waits: false }, { tag: 'serve' }, { tag: 'reply', ago: 0, id }] as const) };
      case 4:
      case 5: return { process: client(random, processes), deed: { tag: 'call', to: service, id } };
      default: return { process: client(random, processes), deed: { tag: 'send', to: service, id, carries: null } };
    }
  });
  return { processes, acts };
}

const client = (random: Random, processes: number): number => FIRST_CLIENT + random.below(processes - FIRST_CLIENT);

/** The server's port is to go to the backup when it is destroyed. */
function* prepared(look: () => MachState, placement: readonly number[]): Generator<MachCall, MachRoles> {
  const roles = yield* machStage.prepare(look, placement);
  const task = identity(SERVER as TaskId);
  const notify = look().tasks[SERVER]!.names.length as Name;
  yield {
    operation: 'mach_port_insert_right', thread: BACKUP as ThreadId, task, name: notify,
    right: { name: roles.own[BACKUP]!, disposition: 'make-send-once' as never },
  };
  yield {
    operation: 'mach_port_request_notification', thread: SERVER as ThreadId, task, name: roles.own[SERVER]!, kind: 'port-destroyed', sync: 0,
    notify: { name: notify, disposition: 'move-send-once' },
  };
  return roles;
}

const markOf = (deed: MachDeed): string | null => (deed.tag === 'send' || deed.tag === 'call' ? String(deed.id) : null);

/** A request that was received, by its id; the marks of answers and notifications are nobody's. */
function received({ operation, event }: Observation): string | null {
  if (operation !== 'mach_msg' || event.tag !== 'returned' || event.value === null) return null;
  const { message } = event.value as { readonly message: { readonly id: number } | null };
  return message === null ? null : String(message.id);
}

const withStage = (stage: Stage<MachState, MachCall, MachDeed, MachRoles>, hasBackup: boolean): Failing<MachState, MachCall, MachDeed, MachRoles> => ({
  stage,
  victim: () => SERVER,
  failure: () => ({ operation: 'task_terminate', thread: BACKUP as ThreadId, task: identity(SERVER as TaskId) }),
  drain: () => [
    { process: BACKUP, deed: { tag: 'receive', waits: false } },
    { process: BACKUP, deed: { tag: 'serve' } },
    ...UNANSWERED.map((ago) => ({ process: BACKUP, deed: { tag: 'reply', ago, id: 1 } as const })),
  ],
  markOf,
  received,
  receivers: hasBackup ? [SERVER, BACKUP] : [SERVER],
  went: ({ event }) => event.tag === 'returned',
  mayBeLost: ({ act }, failed) => !hasBackup && act <= failed,
  mayWait: () => false,
});

/** With a backup nothing is lost: what was queued and what is sent afterwards reaches it, in order. */
export const machRedirect = withStage({ ...machStage, draw, prepare: prepared }, true);

/** Without one, what was queued is lost with the port, what was asked is answered by the kernel, and nothing more can be sent. */
export const machFailure = withStage({ ...machStage, draw }, false);
