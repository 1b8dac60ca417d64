import type { Name, TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { AnyCall } from '#model/kernel';
import { NULL, type MachState, type Task } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { machStage, type MachDeed, type MachRoles } from '#properties/mach/stage';
import type { Failing } from '#properties/network/failing';
import type { Act, Observation, Placement, Script, Stage } from '#properties/network/stage';
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
      case 1: return { process: SERVER, deed: { tag: 'receive', from: 'own', waits: random.once(2) } };
      case 2: return { process: SERVER, deed: { tag: 'reply', ago: 0, id } };
      case 3: return { process: BACKUP, deed: random.pick([{ tag: 'receive', from: 'own', waits: false }, { tag: 'serve' }, { tag: 'reply', ago: 0, id }] as const) };
      case 4:
      case 5: return { process: client(random, processes), deed: { tag: 'call', to: service, id } };
      default: return { process: client(random, processes), deed: { tag: 'send', to: service, id, carries: null } };
    }
  });
  return { processes, acts };
}

const client = (random: Random, processes: number): number => FIRST_CLIENT + random.below(processes - FIRST_CLIENT);

/** How calls of a process are made, and what its task has names for. */
export interface MachView<S, Call> {
  readonly call: (process: number, placement: Placement, make: (task: TaskId, thread: ThreadId) => MachCall) => Call;
  readonly names: (state: S, process: number, placement: Placement) => Task['names'];
}

/** The backup gives the server a right to tell it, and the server asks that its port go there when it is destroyed. */
export function registering<S, Call extends AnyCall>(
  stage: Stage<S, Call, MachDeed, MachRoles>, { call, names }: MachView<S, Call>,
): Stage<S, Call, MachDeed, MachRoles>['prepare'] {
  return function* prepare(look, placement) {
    const roles = yield* stage.prepare(look, placement);
    const own = roles.own[SERVER]!;
    const right = { tag: 'rights', disposition: 'make-send-once', names: [roles.own[BACKUP]!], bits: 32, long: false, deallocate: false } as const;
    const nothing = { name: NULL, disposition: null } as const;
    const plain = { options: [], timeout: 0, notify: NULL } as const;
    yield call(BACKUP, placement, (_, thread) => ({
      operation: 'mach_msg', thread, ...plain, receive: null,
      send: { id: 1, remote: { name: roles.of[BACKUP]![SERVER]!, disposition: 'copy-send' }, local: nothing, complex: true, body: [right], size: null },
    }));
    yield call(SERVER, placement, (_, thread) => ({ operation: 'mach_msg', thread, ...plain, send: null, receive: { name: own, size: 1024 } }));
    const notify = names(look(), SERVER, placement).findIndex((entry) => entry?.tag === 'send-once') as Name;
    yield call(SERVER, placement, (task, thread) => ({
      operation: 'mach_port_request_notification', thread, task: identity(task), name: own, kind: 'port-destroyed', sync: 0,
      notify: { name: notify, disposition: 'move-send-once' },
    }));
    return roles;
  };
}

const oneNode: MachView<MachState, MachCall> = {
  call: (process, _placement, make) => make(process as TaskId, process as ThreadId),
  names: ({ tasks }, process) => tasks[process]!.names,
};

const markOf = (deed: MachDeed): string | null => (deed.tag === 'send' || deed.tag === 'call' ? String(deed.id) : null);

/** A request that was received, by its id; the marks of answers and notifications are nobody's. */
function received({ operation, event }: Observation): string | null {
  if (operation !== 'mach_msg' || event.tag !== 'returned' || event.value === null) return null;
  const { message } = event.value as { readonly message: { readonly id: number } | null };
  return message === null ? null : String(message.id);
}

/** Programs with a server that fails, on a stage. `kills` ends its task. */
export const machFailing = <S, Call extends AnyCall>(
  stage: Stage<S, Call, MachDeed, MachRoles>, kills: Failing<S, Call, MachDeed, MachRoles>['failure'], hasBackup: boolean,
): Failing<S, Call, MachDeed, MachRoles> => ({
  stage: { ...stage, draw },
  victim: () => SERVER,
  failure: kills,
  drain: () => [
    { process: BACKUP, deed: { tag: 'receive', from: 'own', waits: false } },
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

const killed = (): MachCall => ({ operation: 'task_terminate', thread: BACKUP as ThreadId, task: identity(SERVER as TaskId) });

/** With a backup nothing is lost: what was queued and what is sent afterwards reaches it, in order. */
export const machRedirect = machFailing({ ...machStage, prepare: registering(machStage, oneNode) }, killed, true);

/** Without one, what was queued is lost with the port, what was asked is answered by the kernel, and nothing more can be sent. */
export const machFailure = machFailing(machStage, killed, false);
