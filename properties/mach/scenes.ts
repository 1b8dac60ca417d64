import type { Disposition, Name, TaskId, ThreadId } from '#spec/mach/vocabulary';
import { isReceive, isSend } from '#model/mach/entries';
import { NULL, type Entry, type MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { callers } from '#properties/mach/draw';
import type { Random } from '#properties/random';

/** The people of a scene. They need not be three. */
interface Cast { readonly server: TaskId; readonly client: TaskId; readonly backup: TaskId }

/** One call of a scene; null if it cannot be made, or is not wanted this time. */
type Line = (scene: Scene) => MachCall | null;

/**
 * A short story that many rules are about: a server's port, a client with rights to it, those who asked to be
 * told of its end, requests in its queue, and the end. Calls drawn one by one seldom come upon it.
 */
export class Scene {
  readonly #lines: Line[];
  readonly #cast: Cast;
  state!: MachState;
  readonly random: Random;

  constructor(random: Random, tasks: number) {
    const anyone = () => random.below(tasks) as TaskId;
    const server = anyone();
    this.random = random;
    this.#cast = { server, client: random.once(4) ? server : anyone(), backup: anyone() };
    this.#lines = [
      ...setting, ...requests.filter(() => random.once(2)), ...traffic, ...asides.filter(() => random.once(8)).flat(),
      ...(random.once(3) ? [] : [ending]),
    ];
  }

  /** The next call; null once the scene is over. */
  next(state: MachState): MachCall | null {
    this.state = state;
    for (let line = this.#lines.shift(); line !== undefined; line = this.#lines.shift()) {
      const call = line(this);
      if (call !== null) return call;
    }
    return null;
  }

  /** A call by some thread of one of the cast that may call. */
  by(who: keyof Cast, make: (by: { thread: ThreadId; task: { tag: 'identity'; identity: TaskId } }) => MachCall | null): MachCall | null {
    const identity = this.#cast[who];
    const free = callers(this.state).filter((thread) => this.state.threads[thread]!.task === identity);
    return free.length === 0 ? null : make({ thread: this.random.pick(free), task: { tag: 'identity', identity } });
  }

  taskOf(who: keyof Cast): { tag: 'identity'; identity: TaskId } {
    return { tag: 'identity', identity: this.#cast[who] };
  }

  /** The first name of one of the cast whose entry is as wanted. */
  name(who: keyof Cast, wanted: (entry: Entry) => boolean): Name | null {
    const found = this.state.tasks[this.#cast[who]]!.names.findIndex((entry) => entry !== null && wanted(entry));
    return found < 0 ? null : found as Name;
  }

  /** The server's port: the first it allocated. */
  service(): Name | null {
    return this.name('server', isReceive);
  }

  private portOf(name: Name): number {
    const entry = this.state.tasks[this.#cast.server]!.names[name]!;
    return entry.tag === 'port' ? entry.port : -1;
  }

  /** The client's send name for the service. */
  access(): Name | null {
    const service = this.service();
    return service === null ? null : this.name('client', (entry) => isSend(entry) && entry.port === this.portOf(service));
  }

  last(who: keyof Cast, wanted: (entry: Entry) => boolean): Name | null {
    const found = this.state.tasks[this.#cast[who]]!.names.findLastIndex((entry) => entry !== null && wanted(entry));
    return found < 0 ? null : found as Name;
  }

  /** The last port one of the cast allocated: the server's own may be the service itself. */
  own(who: keyof Cast): Name | null {
    return this.last(who, isReceive);
  }

  fresh(who: keyof Cast): Name {
    return this.state.tasks[this.#cast[who]]!.names.length as Name;
  }
}

const allocates = (who: keyof Cast): Line => (scene) =>
  scene.by(who, (by) => ({ operation: 'mach_port_allocate', ...by, right: 'receive' }));

const gives = (from: keyof Cast, to: keyof Cast, disposition: 'make-send' | 'make-send-once', own = false): Line => (scene) =>
  scene.by(from, ({ thread }) => {
    const name = own ? scene.own(from) : scene.service();
    const under = scene.access();
    if (name === null) return null;
    const into = disposition === 'make-send' && under !== null ? under : scene.fresh(to);
    return { operation: 'mach_port_insert_right', thread, task: scene.taskOf(to), name: into, right: { name, disposition } };
  });

const often = (times: number, line: Line): Line => (scene) => (scene.random.below(times) === 0 ? null : line(scene));
const seldom = (times: number, line: Line): Line => (scene) => (scene.random.once(times) ? line(scene) : null);

const setting: readonly Line[] = [
  allocates('server'),
  seldom(2, (scene) => scene.by('server', (by) => {
    const name = scene.service();
    return name === null ? null : { operation: 'mach_port_set_qlimit', ...by, name, limit: scene.random.pick([0, 1, 1, 2]) };
  })),
  often(8, gives('server', 'client', 'make-send')),
  seldom(4, gives('server', 'client', 'make-send')),
  seldom(3, gives('server', 'client', 'make-send-once')),
  seldom(6, gives('server', 'client', 'make-send-once')),
  allocates('client'),
];

const asks = (
  kind: 'dead-name' | 'no-senders' | 'port-destroyed', who: keyof Cast,
  about: (scene: Scene) => Name | null, notify: (scene: Scene) => { name: Name; disposition: 'make-send-once' | 'move-send-once' } | null,
): Line => (scene) => scene.by(who, (by) => {
  const name = about(scene);
  const right = notify(scene);
  if (name === null || right === null) return null;
  const sync = kind === 'port-destroyed' ? 0 : scene.random.below(3);
  return { operation: 'mach_port_request_notification', ...by, name, kind, sync, notify: right };
});

const ownPort = (who: keyof Cast) => (scene: Scene) => {
  const name = scene.own(who);
  return name === null ? null : { name, disposition: 'make-send-once' as const };
};

/** The last send-once right that somebody gave one of the cast. */
const givenTo = (who: keyof Cast) => (scene: Scene) => {
  const name = scene.last(who, ({ tag }) => tag === 'send-once');
  return name === null ? null : { name, disposition: 'move-send-once' as const };
};

const lastOnce = (scene: Scene): Name | null => scene.name('client', (entry) => entry.tag === 'send-once' && entry.request === null);

const requests: readonly Line[] = [
  allocates('backup'),
  asks('dead-name', 'client', (scene) => scene.access(), ownPort('client')),
  asks('dead-name', 'client', lastOnce, ownPort('client')),
  asks('dead-name', 'client', lastOnce, ownPort('client')),
  gives('backup', 'client', 'make-send-once', true),
  asks('dead-name', 'client', (scene) => scene.access(), givenTo('client')),
  asks('dead-name', 'server', (scene) => scene.service(), ownPort('client')),
  asks('no-senders', 'server', (scene) => scene.service(), ownPort('server')),
  gives('backup', 'server', 'make-send-once', true),
  asks('port-destroyed', 'server', (scene) => scene.service(), givenTo('server')),
  gives('backup', 'server', 'make-send-once', true),
  asks('no-senders', 'server', (scene) => scene.service(), givenTo('server')),
  (scene) => scene.by('server', (by) => ({ operation: 'mach_port_allocate', ...by, right: 'port-set' })),
  (scene) => scene.by('server', (by) => {
    const member = scene.service();
    const set = scene.name('server', ({ tag }) => tag === 'set');
    return member === null || set === null ? null : { operation: 'mach_port_move_member', ...by, member, set };
  }),
  (scene) => scene.by('server', ({ thread }) => receives(thread, scene.name('server', ({ tag }) => tag === 'set') ?? scene.service())),
  (scene) => scene.by('server', ({ thread }) => ({ operation: 'task_suspend', thread, task: scene.taskOf('server') })),
];

const bare = { options: [], timeout: 0, notify: NULL } as const;

const receives = (thread: ThreadId, name: Name | null): MachCall | null =>
  (name === null ? null : { operation: 'mach_msg', thread, ...bare, send: null, receive: { name, size: 1024 } });

const sends: Line = (scene) => scene.by('client', ({ thread }) => {
  const { random } = scene;
  const name = scene.access();
  if (name === null) return null;
  const reply = random.once(3) ? null : scene.own('client');
  const local = reply === null ? { name: NULL, disposition: null } : { name: reply, disposition: 'make-send-once' as const };
  const disposition: Disposition = random.pick(['copy-send', 'copy-send', 'copy-send', 'move-send']);
  const given = random.once(4) ? scene.own('client') : null;
  const body = given === null ? [] : [{
    tag: 'rights', disposition: random.pick(['make-send', 'make-send-once', 'move-receive'] as const), names: [given],
    bits: 32, long: false, deallocate: false,
  } as const];
  const send = { id: 1000 + random.below(9000), remote: { name, disposition }, local, complex: body.length > 0, body, size: null };
  const options = random.once(6) ? ['send-notify'] as const : random.once(6) ? ['send-timeout'] as const : [];
  return { operation: 'mach_msg', thread, ...bare, options, timeout: 50, notify: scene.own('client') ?? NULL, send, receive: null };
});

const traffic: readonly Line[] = [
  seldom(2, sends), seldom(2, sends), seldom(3, sends), seldom(3, sends),
  seldom(4, (scene) => scene.by('server', ({ thread }) => receives(thread, scene.service()))),
];

/** Short pieces for what is otherwise seldom seen. */
const asides: readonly (readonly Line[])[] = [
  // A dead name with as many references as there can be.
  [
    (scene) => scene.by('client', (by) => ({ operation: 'mach_port_allocate', ...by, right: 'dead-name' })),
    (scene) => scene.by('client', (by) => {
      const name = scene.name('client', ({ tag }) => tag === 'dead');
      const delta = scene.state.limits.references - scene.random.pick([1, 1, 2]);
      return name === null ? null : { operation: 'mach_port_mod_refs', ...by, name, right: 'dead-name', delta };
    }),
    asks('dead-name', 'client', (scene) => scene.name('client', ({ tag }) => tag === 'dead'), ownPort('client')),
  ],
  // A send that uses up its name, watched or not, and asks not to be told.
  [
    asks('dead-name', 'client', (scene) => scene.access(), ownPort('client')),
    (scene) => scene.by('client', ({ thread }) => {
      const name = scene.access();
      const notify = scene.own('client');
      if (name === null || notify === null) return null;
      const send = {
        id: 1000, remote: { name, disposition: 'move-send' as const }, local: { name: NULL, disposition: null },
        complex: false, body: [], size: null,
      };
      return { operation: 'mach_msg', thread, ...bare, options: ['send-cancel', 'send-timeout'], notify, send, receive: null };
    }),
  ],
];

/** What becomes of the service, or of the client's right to it. */
const ending: Line = (scene) => {
  const service = scene.service();
  const access = scene.access();
  const anyone = scene.random.pick(['server', 'client', 'backup'] as const);
  return scene.by(anyone, ({ thread }) => {
    const server = { thread, task: scene.taskOf('server') };
    const client = { thread, task: scene.taskOf('client') };
    switch (scene.random.below(7)) {
      case 0:
      case 1: return { operation: 'task_terminate', ...server };
      case 2: return service === null ? null : { operation: 'mach_port_destroy', ...server, name: service };
      case 3: return service === null ? null : { operation: 'mach_port_mod_refs', ...server, name: service, right: 'receive', delta: -1 };
      case 4: return service === null ? null : { operation: 'mach_port_extract_right', ...server, name: service, disposition: 'move-receive' };
      case 5: return access === null ? null : { operation: 'mach_port_destroy', ...client, name: access };
      default: return { operation: 'task_terminate', ...client };
    }
  });
};
