import type { Name, Reference, TaskId } from '#spec/mach/vocabulary';
import { isReceive, isSend } from '#model/mach/entries';
import { DEAD, NULL } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import type { Draw } from '#properties/mach/draw';

type Blunder = (draw: Draw) => MachCall | null;

const own = ({ thread, task, identity }: Draw) => ({ thread, task: (identity as (id: TaskId) => Reference<TaskId>)(task) });

const pick = (draw: Draw, names: readonly Name[]): Name => (names.length === 0 ? draw.unknown() : draw.random.pick(names));

const deadName = (draw: Draw): Name | null => {
  const names = draw.names(({ tag }) => tag === 'dead');
  return names.length === 0 ? null : draw.random.pick(names);
};

/** A name that denotes nothing one can take for anything: unknown, NULL or DEAD. */
const noName = (draw: Draw): Name => draw.random.pick([draw.unknown(), draw.unknown(), NULL, DEAD]);

const used = (draw: Draw): Name => pick(draw, draw.names(() => true));

/** A dead name is taken for the right that it was. */
const speaksToTheDead: Blunder = (draw) => {
  const { random } = draw;
  const name = deadName(draw);
  if (name === null) return { operation: 'mach_port_allocate', ...own(draw), right: 'dead-name' };
  const ceiling = draw.state.limits.references;
  const right = random.pick(['send', 'send', 'send-once', 'dead-name'] as const);
  switch (random.below(5)) {
    case 0: return { operation: 'mach_port_get_refs', ...own(draw), name, right: random.pick(['send', 'send-once', 'dead-name'] as const) };
    case 1: return random.once(2) ? { operation: 'mach_port_deallocate', ...own(draw), name }
      : { operation: 'mach_port_mod_refs', ...own(draw), name, right: 'dead-name', delta: ceiling };
    case 2: return sendsThrough(draw, name);
    default: return { operation: 'mach_port_mod_refs', ...own(draw), name, right, delta: random.pick([-ceiling, -2, -1, 1, ceiling - 1, ceiling]) };
  }
};

function sendsThrough(draw: Draw, name: Name): MachCall {
  const remote = { name, disposition: draw.random.pick(['copy-send', 'move-send', 'move-send-once', 'make-send'] as const) };
  return bareMessage(draw, remote, draw.receiveName());
}

type Remote = { readonly name: Name; readonly disposition: 'copy-send' | 'move-send' | 'move-send-once' | 'make-send' };

const bareMessage = (draw: Draw, remote: Remote, reply: Name | null): Extract<MachCall, { operation: 'mach_msg' }> => ({
  operation: 'mach_msg', thread: draw.thread, options: ['send-timeout'], receive: null, timeout: 0, notify: NULL,
  send: {
    id: 4000, remote, complex: false, body: [], size: null,
    local: reply === null ? { name: NULL, disposition: null }
      : { name: reply, disposition: draw.random.once(3) ? 'move-receive' : 'make-send-once' },
  },
});

/** A header that would have the receive right itself to reply through. */
const repliesWithTheReceiveRight: Blunder = (draw) => {
  const name = draw.sendName();
  const reply = draw.receiveName();
  return name === null || reply === null ? null : bareMessage(draw, { name, disposition: 'copy-send' }, reply);
};

/** More than one thing is wrong. */
const errsTwice: Blunder = (draw) => {
  const { random } = draw;
  const nobody = noName(draw);
  switch (random.below(6)) {
    case 0: return { operation: 'mach_port_rename', ...own(draw), name: nobody, to: random.once(2) ? used(draw) : random.pick([NULL, DEAD]) };
    case 1: return { operation: 'mach_port_mod_refs', ...own(draw), name: nobody, right: 'other', delta: random.pick([-1, 0, 1]) };
    case 2: return {
      operation: 'mach_port_move_member', ...own(draw),
      member: random.once(2) ? nobody : pick(draw, draw.names((entry) => !isReceive(entry))),
      set: random.once(2) ? draw.unknown() : pick(draw, draw.names(({ tag }) => tag !== 'set')),
    };
    case 3: return { operation: 'mach_port_allocate_name', ...own(draw), right: random.pick(['send', 'send-once', 'other'] as const), name: used(draw) };
    case 4: return insertsTwiceWrong(draw);
    default: return {
      operation: 'mach_port_request_notification', ...own(draw), name: nobody, kind: random.pick(['other', 'other', 'port-destroyed'] as const),
      sync: 1, notify: { name: random.once(2) ? DEAD : pick(draw, draw.names(isReceive)), disposition: 'make-send-once' },
    };
  }
};

/** A right that is known already, or is none, under a name that is in use or cannot be. */
function insertsTwiceWrong(draw: Draw): MachCall {
  const { random } = draw;
  const right = { name: random.once(3) ? random.pick([NULL, DEAD]) : pick(draw, draw.names(isReceive)), disposition: 'make-send' as const };
  return { operation: 'mach_port_insert_right', ...own(draw), name: random.once(2) ? used(draw) : random.pick([NULL, DEAD]), right };
}

/** A change by nothing, of what can hardly be changed. */
const changesNothing: Blunder = (draw) => {
  const { random } = draw;
  const names = draw.names((entry) => entry.tag === 'set' || entry.tag === 'send-once' || (isReceive(entry) && random.once(8)));
  if (names.length === 0) return { operation: 'mach_port_allocate', ...own(draw), right: 'port-set' };
  const name = random.pick(names);
  const { tag } = draw.entries()[name]!;
  const right = tag === 'set' ? 'port-set' : tag === 'send-once' ? tag : 'receive';
  return { operation: 'mach_port_mod_refs', ...own(draw), name, right, delta: random.pick([0, 0, 0, -2, 1]) };
};

/** A call about the names of a task that is none, or no more. */
const asksNoTask: Blunder = (draw) => {
  const { state, thread, random } = draw;
  const dead = state.tasks.flatMap(({ life }, task) => (life === 'dead' ? [task as TaskId] : []));
  if (dead.length > 0 && random.once(2)) return { operation: 'mach_port_names', thread, task: draw.identity(random.pick(dead)) };
  const name = draw.kernelName('host') ?? draw.kernelName('thread');
  if (name === null) return { operation: random.once(2) ? 'mach_host_self' : 'mach_thread_self', thread };
  return { operation: 'mach_port_names', thread, task: { tag: 'name', name } };
};

/** One more right where there are as many as there can be. */
const overfills: Blunder = (draw) => {
  const { random, state } = draw;
  const most = state.limits.references - 1;
  const full = draw.names((entry) => isSend(entry) && entry.sends === most);
  const name = full.length > 0 ? random.pick(full) : pick(draw, draw.names(isSend));
  const entry = draw.entries()[name];
  if (entry?.tag !== 'port' || entry.sends === 0) return null;
  if (entry.sends < most) return { operation: 'mach_port_mod_refs', ...own(draw), name, right: 'send', delta: most - entry.sends };
  const disposition = entry.receive ? 'make-send' : 'copy-send';
  return !random.once(3) ? { operation: 'mach_port_extract_right', ...own(draw), name, disposition }
    : { operation: 'mach_port_insert_right', ...own(draw), name, right: { name, disposition } };
};

/** Several references at once, or a set with those in it. */
const letsGo: Blunder = (draw) => {
  const { random, state } = draw;
  const names = draw.names((entry) => (entry.tag === 'dead' && entry.refs > 1) || (isSend(entry) && entry.sends > 2)
    || (entry.tag === 'set' && state.ports.some(({ set }) => set === entry.set)));
  if (names.length === 0) return null;
  const name = random.pick(names);
  const entry = draw.entries()[name]!;
  if (entry.tag === 'set') return { operation: 'mach_port_mod_refs', ...own(draw), name, right: 'port-set', delta: -1 };
  const [right, refs] = entry.tag === 'dead' ? ['dead-name', entry.refs] as const : ['send', (entry as { sends: number }).sends] as const;
  return { operation: 'mach_port_mod_refs', ...own(draw), name, right, delta: -random.pick([1, refs - 1, refs - 1, refs]) };
};

/** A receive right goes to a port whose own receive right is on its way. */
const nests: Blunder = (draw) => {
  const { state, random } = draw;
  const held = new Set(state.tasks.flatMap(({ names }) => names.flatMap((entry) => (entry !== null && isReceive(entry) ? [entry.port] : []))));
  const away = draw.names((entry) => isSend(entry) && !held.has(entry.port) && state.ports[entry.port]!.kernel === null);
  const rights = draw.names(isReceive);
  if (away.length === 0 || rights.length === 0) return null;
  const call = bareMessage(draw, { name: random.pick(away), disposition: 'copy-send' }, null);
  const body = [{ tag: 'rights', disposition: 'move-receive', names: [random.pick(rights)], bits: 32, long: false, deallocate: false } as const];
  return { ...call, send: { ...call.send!, complex: true, body } };
};

/** Asks to be told of the death of a set. */
const watchesASet: Blunder = (draw) => {
  const names = draw.names(({ tag }) => tag === 'set');
  if (names.length === 0) return { operation: 'mach_port_allocate', ...own(draw), right: 'port-set' };
  const notify = { name: pick(draw, draw.names(isReceive)), disposition: 'make-send-once' } as const;
  return { operation: 'mach_port_request_notification', ...own(draw), name: draw.random.pick(names), kind: 'dead-name', sync: draw.random.below(2), notify };
};

const blunders: readonly Blunder[] = [
  speaksToTheDead, speaksToTheDead, speaksToTheDead, repliesWithTheReceiveRight, errsTwice, errsTwice, errsTwice, changesNothing, changesNothing, asksNoTask, overfills,
  letsGo, letsGo, nests, nests, watchesASet,
];

/** A mistake such as programs make, and that chance seldom does; null if there is nothing to be mistaken about. */
export const drawBlunder = (draw: Draw): MachCall | null => draw.random.pick(blunders)(draw);
