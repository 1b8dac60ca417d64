import type { Capability, ThreadId, Ui } from '#spec/chorus/vocabulary';
import type { ChorusRule } from '#spec/chorus/rules';
import type { ActorId, ChorusState, PortId } from '#model/chorus/state';
import {
  actorAt, actorFor, connected, errorOf, groupBy, isPrivileged, portAt, portBy, siteAt, siteOfPort, threadName,
} from '#properties/chorus/facts';
import { memoryReasons, onRegions } from '#properties/chorus/laws/reasons-memory';
import { operations } from '#model/chorus/kernel';
import { destinationOf, isOpen } from '#properties/chorus/laws/destinations';
import type { ChorusObligation, ChorusStep, OperationName } from '#properties/chorus/obligation';
import type { ChorusCall } from '#model/chorus/world';

/** One reason to refuse a call. */
export interface Reason {
  readonly rule: ChorusRule;
  readonly on: readonly OperationName[];
  readonly when: (state: ChorusState, call: Named) => boolean;
  readonly errors: readonly string[];
  /** Where this is so the call may be refused, and need not be. */
  readonly may?: boolean;
  /** The condition, as a clause. */
  readonly what: string;
}

/** A call, with whatever arguments it may have. */
export interface Named {
  readonly operation: OperationName;
  readonly thread: ThreadId;
  readonly actor?: Capability | null;
  readonly initial?: Capability | null;
  readonly to?: Capability | null;
  readonly target?: ThreadId | null;
  readonly port?: number;
  readonly ui?: Ui;
  readonly group?: Capability;
  readonly saved?: number;
  readonly source?: number | null;
  readonly body?: string;
  readonly set?: unknown;
  readonly abortable?: boolean;
  readonly mode?: string;
  readonly kind?: string;
  readonly privilege?: string;
  readonly from?: { readonly tag: string; readonly port?: number };
}

const onActor = [
  'actorDelete', 'actorStop', 'actorStart', 'actorPrivilege', 'actorPi', 'threadCreate', 'threadDelete', 'threadActivate', 'threadSuspend',
  'threadResume', 'threadAbort', 'threadScheduler', 'portCreate', 'portDeclare', 'portEnable', 'portDisable', 'portDelete', 'portMigrate', 'portPi',
] as const;
const withCapabilities = ['actorCreate', ...onActor, ...onRegions] as const;
const onThread = ['threadDelete', 'threadSuspend', 'threadResume', 'threadAbort', 'threadScheduler'] as const;
const sending = ['ipcSend', 'ipcCall', 'ipcReply'] as const;

/** The capabilities a call names; a thread that is named as oneself needs none. */
function capabilities({ operation, actor, initial, to, target, source }: Named): readonly Capability[] {
  if (target === null) return [];
  const origin = (onRegions as readonly string[]).includes(operation) ? source as unknown as Capability | null | undefined : null;
  return [actor, initial, operation === 'portMigrate' ? to : null, origin].filter((capability) => capability !== undefined && capability !== null);
}

const reached = (state: ChorusState, { thread, actor }: Named): ActorId | null => actorFor(state, thread, actor ?? null);

const isElsewhere = (state: ChorusState, call: Named): boolean => {
  const { thread, actor } = call;
  if (actor === null || actor === undefined || call.target === null) return false;
  const id = reached(state, call);
  return id !== null && state.actors[id]!.site !== siteAt(state, thread);
};

/** The port a call names by its actor and local identifier. */
const namedPort = (state: ChorusState, call: Named): PortId | null => {
  const id = reached(state, call);
  return id === null ? null : portAt(state, id, call.port as never);
};

const lacksPort = (state: ChorusState, call: Named): boolean => reached(state, call) !== null && namedPort(state, call) === null;

const lacksThread = (state: ChorusState, call: Named): boolean => {
  const { target } = call;
  const id = reached(state, call);
  if (target === null || target === undefined || id === null) return false;
  const row = state.threads[target];
  return row === undefined || row.life === 'dead' || row.actor !== id;
};

const privilegeOf = (state: ChorusState, call: Named): string | null => {
  const id = reached(state, call);
  return id === null ? null : state.actors[id]!.privilege;
};

const ownPort = (state: ChorusState, { thread }: Named, li: number | null | undefined): boolean =>
  li === null || li === undefined || portAt(state, actorAt(state, thread), li as never) !== null;

const crowded = (state: ChorusState, actor: ActorId | null): boolean =>
  actor !== null && state.ports.filter((row, port) =>
    row.life === 'live' && siteOfPort(state, port as PortId) === state.actors[actor]!.site).length >= state.limits.ports;

/** The port a group operation is about, if its caller can reach it. */
const memberToBe = (state: ChorusState, { thread, port }: Named): PortId | null => {
  const found = portBy(state, port as never);
  return found !== null && connected(state, siteAt(state, thread), siteOfPort(state, found)) ? found : null;
};

const savedCount = (state: ChorusState, { thread }: Named): number =>
  state.actors[actorAt(state, thread)]!.saved.filter((kept) => kept !== null).length;

const currentOf = (state: ChorusState, { thread }: Named) => state.threads[thread]!.current;

const lockOf = (state: ChorusState, call: Named, argument: 'semaphore' | 'mutex') =>
  state.actors[actorAt(state, call.thread)]!.locks[(call as unknown as Record<string, number>)[argument]!];

const isMigrationAbroad = (state: ChorusState, call: Named): boolean => {
  const source = reached(state, call);
  const target = actorFor(state, call.thread, call.to ?? null);
  return source !== null && target !== null && state.actors[source]!.site !== state.actors[target]!.site;
};

/** Every reason to refuse a call that Chorus's rules know of. */
const reasons: readonly Reason[] = [
  ...memoryReasons,
  {
    rule: 'chorus/user-threads-call-the-nucleus', on: Object.keys(operations) as OperationName[], errors: ['K_EPRIV'], what: 'no user actor may call the nucleus',
    when: (state, { operation, thread }) => !state.userCalls && !['memoryRead', 'memoryWrite'].includes(operation)
      && !state.threads[thread]!.supervisor && state.actors[actorAt(state, thread)]!.privilege === 'user',
  },
  {
    rule: 'chorus/capabilities-need-their-key', on: withCapabilities, errors: ['K_EINVAL'], what: 'a capability has another key',
    when: (state, call) => capabilities(call).some((capability) => {
      const actor = actorFor(state, call.thread, capability);
      return actor !== null && state.actors[actor]!.key !== capability.key;
    }),
  },
  {
    rule: 'chorus/dead-capabilities-are-unknown', on: withCapabilities, errors: ['K_EUNKNOWN'], what: 'a capability leads to no actor',
    when: (state, call) => capabilities(call).some((capability) => actorFor(state, call.thread, capability) === null),
  },
  { rule: 'chorus/actors-are-deleted-on-their-own-site', on: ['actorDelete', 'actorStop', 'actorStart', 'actorPrivilege', 'actorPi'], errors: ['K_ESITE'],
    what: 'the actor is on another site', when: isElsewhere },
  { rule: 'chorus/threads-are-made-on-their-own-site', on: ['threadCreate', 'threadActivate'], errors: ['K_ESITE'], what: 'the actor is on another site',
    when: isElsewhere },
  { rule: 'chorus/threads-are-made-on-their-own-site', on: ['threadActivate'], errors: ['K_EINVAL'], what: 'no such thread is to be activated', when: lacksThread },
  { rule: 'chorus/threads-are-deleted-on-their-own-site', on: onThread, errors: ['K_ESITE'], what: 'the actor is on another site', when: isElsewhere },
  { rule: 'chorus/threads-are-deleted-on-their-own-site', on: onThread, errors: ['K_EINVAL'], what: 'the actor has no such thread', when: lacksThread },
  {
    rule: 'chorus/ports-are-enabled-on-their-own-site', on: ['portCreate', 'portDeclare', 'portEnable', 'portDisable', 'portPi'],
    errors: ['K_ESITE'], what: 'the actor is on another site', when: isElsewhere,
  },
  { rule: 'chorus/ports-are-enabled-on-their-own-site', on: ['portEnable', 'portDisable', 'portPi'], errors: ['K_EINVAL'], what: 'the actor has no such port',
    when: lacksPort },
  { rule: 'chorus/ports-are-deleted-on-their-own-site', on: ['portDelete'], errors: ['K_ESITE'], what: 'the actor is on another site', when: isElsewhere },
  { rule: 'chorus/ports-are-deleted-on-their-own-site', on: ['portDelete'], errors: ['K_EINVAL'], what: 'the actor has no such port', when: lacksPort },
  { rule: 'chorus/migration-needs-both-capabilities', on: ['portMigrate'], errors: ['K_EINVAL'], what: 'the source has no such port', when: lacksPort },
  {
    rule: 'chorus/only-privileged-threads-make-privileged-actors', on: ['actorCreate'], errors: ['K_EPRIV'], what: 'an unprivileged thread makes a privileged actor',
    when: (state, { thread, privilege }) => privilege !== 'user' && !isPrivileged(state, thread),
  },
  {
    rule: 'chorus/privilege-moves-between-user-and-system', on: ['actorPrivilege'], errors: ['K_EPRIV'], what: 'an unprivileged thread sets a privilege',
    when: (state, { thread, set }) => set !== null && !isPrivileged(state, thread),
  },
  {
    rule: 'chorus/privilege-moves-between-user-and-system', on: ['actorPrivilege'], errors: ['K_EPRIV', 'K_EINVAL'], what: 'supervisor privilege is given or taken',
    when: (state, call) => {
      const old = privilegeOf(state, call);
      return old !== null && call.set !== null && call.set !== old && [old, call.set].includes('supervisor');
    },
  },
  {
    rule: 'chorus/user-actors-delete-no-others', on: ['actorDelete'], errors: ['K_EPRIV'], what: 'a user actor deletes a privileged actor',
    when: (state, call) => state.actors[actorAt(state, call.thread)]!.privilege === 'user' && ![null, 'user'].includes(privilegeOf(state, call)),
  },
  {
    rule: 'chorus/user-actors-delete-no-others', on: ['threadDelete'], errors: ['K_EPRIV'], what: 'a user actor deletes a supervisor thread',
    when: (state, call) => state.actors[actorAt(state, call.thread)]!.privilege === 'user' && call.target !== null && call.target !== call.thread
      && !lacksThread(state, call) && reached(state, call) !== null && state.threads[call.target!]!.supervisor,
  },
  {
    rule: 'chorus/protection-identifiers-change-by-privilege', on: ['actorPi', 'portPi'], errors: ['K_EPRIV'],
      what: 'an unprivileged thread sets a protection identifier',
    when: (state, { thread, set }) => set !== null && !isPrivileged(state, thread),
  },
  {
    rule: 'chorus/no-supervisor-thread-in-a-user-actor', on: ['threadCreate'], errors: ['K_EPRIV'], what: 'a supervisor thread is to be made in a user actor',
    when: (state, call) => call.privilege === 'supervisor' && privilegeOf(state, call) === 'user',
  },
  {
    rule: 'chorus/ports-are-limited', on: ['portCreate', 'portDeclare'], errors: ['K_EFULL', 'K_ENOMEM'], what: 'the site has all the ports it can have',
    when: (state, call) => crowded(state, reached(state, call)),
  },
  {
    rule: 'chorus/ports-are-limited', on: ['portMigrate'], errors: ['K_EFULL'], what: 'a port comes to a site that is full',
    when: (state, call) => isMigrationAbroad(state, call) && crowded(state, actorFor(state, call.thread, call.to ?? null)),
  },
  { rule: 'chorus/declaring-ports-is-privileged', on: ['portDeclare'], errors: ['K_EPRIV'], what: 'an unprivileged thread declares a port', when: (state,
    { thread }) => !isPrivileged(state, thread) },
  {
    rule: 'chorus/declared-port-takes-the-identifier', on: ['portDeclare'], errors: ['K_EINVAL'], what: 'a live port of the site has the identifier',
    when: (state, call) => {
      const port = portBy(state, call.ui!);
      const actor = reached(state, call);
      return port !== null && actor !== null && siteOfPort(state, port) === state.actors[actor]!.site;
    },
  },
  {
    rule: 'chorus/local-identifiers-belong-to-their-actor', on: ['portUi', 'portGetSeqNum'], errors: ['K_EINVAL'],
      what: 'a local identifier of no own port is asked for',
    when: (state, call) => !ownPort(state, call, call.port),
  },
  {
    rule: 'chorus/local-identifiers-belong-to-their-actor', on: ['portLi'], errors: ['K_EINVAL'], what: 'a port of another actor is asked for',
    when: (state, { thread, ui }) => {
      const port = portBy(state, ui!);
      return port === null || state.ports[port]!.actor !== actorAt(state, thread);
    },
  },
  {
    rule: 'chorus/default-port-stays', on: ['portDelete', 'portMigrate'], errors: ['K_EINVAL'], what: 'a default port is to go',
    when: (state, call) => {
      const actor = reached(state, call);
      return actor !== null && namedPort(state, call) === state.actors[actor]!.defaultPort;
    },
  },
  { rule: 'chorus/migration-may-cross-sites', on: ['portMigrate'], errors: ['K_ESITE'], what: 'ports may not leave their site', when: (state,
    call) => !state.intersite && isMigrationAbroad(state, call) },
  {
    rule: 'chorus/system-groups-are-privileged', on: ['grpAllocate'], errors: ['K_EPRIV'], what: 'an unprivileged thread allocates a static system group',
    when: (state, { thread, kind }) => kind === 'static-system' && !isPrivileged(state, thread),
  },
  {
    rule: 'chorus/system-groups-are-privileged', on: ['grpPortInsert', 'grpPortRemove'], errors: ['K_EPRIV'],
      what: 'an unprivileged thread changes a static system group',
    when: (state, { thread, group }) => {
      const id = groupBy(state, group!.ui);
      return id !== null && state.groups[id]!.kind === 'static-system' && !isPrivileged(state, thread);
    },
  },
  { rule: 'chorus/static-groups-follow-from-their-stamp', on: ['grpAllocate'], errors: ['K_EINVAL'], what: 'there is no such kind of group', when: (_state,
    { kind }) => kind === 'other' },
  {
    rule: 'chorus/group-membership-needs-the-key', on: ['grpPortInsert', 'grpPortRemove'], errors: ['K_EINVAL'], what: 'the key is not that of a group',
    when: (state, { group }) => {
      const id = groupBy(state, group!.ui);
      return id === null || state.groups[id]!.key !== group!.key;
    },
  },
  { rule: 'chorus/group-members-are-local-when-inserted', on: ['grpPortInsert', 'grpPortRemove'], errors: ['K_EUNKNOWN'], what: 'there is no such port',
    when: (state, call) => memberToBe(state, call) === null },
  {
    rule: 'chorus/group-members-are-local-when-inserted', on: ['grpPortInsert', 'grpPortRemove'], errors: ['K_ESITE'], what: 'the port is on another site',
    when: (state, call) => {
      const port = memberToBe(state, call);
      return port !== null && siteOfPort(state, port) !== siteAt(state, call.thread);
    },
  },
  {
    rule: 'chorus/group-loses-the-port', on: ['grpPortRemove'], errors: ['K_EINVAL'], what: 'the port is not in the group',
    when: (state, call) => {
      const port = memberToBe(state, call);
      const group = groupBy(state, call.group!.ui);
      return port !== null && group !== null && !state.groups[group]!.members.includes(port);
    },
  },
  { rule: 'chorus/only-groups-are-tagged', on: ['ipcTarget'], errors: ['K_EINVAL'], what: 'no group, or in no mode', when: (state, { ui,
    mode }) => groupBy(state, ui!) === null || mode === 'other' },
  { rule: 'chorus/source-is-an-own-port', on: ['ipcSend', 'ipcCall'], errors: ['K_EINVAL'], what: 'the source is no own port', when: (state,
    call) => !ownPort(state, call, call.source) },
  { rule: 'chorus/too-long-bodies-are-refused', on: sending, errors: ['K_ETOOMUCH'], what: 'the body is too long', when: (state,
    { body }) => body!.length / 2 > state.limits.body },
  { rule: 'chorus/bad-target-refuses-the-send', on: ['ipcSend', 'ipcCall'], errors: ['K_EINVAL'], what: 'the target takes no messages', when: (state,
    call) => destinationOf(state, call as never)?.tag === 'wrong' },
  { rule: 'chorus/broadcast-cannot-be-called', on: ['ipcCall'], errors: ['K_EINVAL'], what: 'a group is called in broadcast mode', when: (state,
    call) => destinationOf(state, call as never)?.tag === 'all' },
  { rule: 'chorus/call-to-nobody-fails', on: ['ipcCall'], errors: ['K_EUNKNOWN'], what: 'nobody can be called', when: (state, call) => destinationOf(state,
    call as never)?.tag === 'nobody' },
  {
    rule: 'chorus/remembered-abort-is-used-up-once', on: ['ipcCall'], errors: ['K_EABORT'], may: true, what: 'an aborted thread calls abortably',
    when: (state, { thread, abortable }) => abortable === true && state.threads[thread]!.aborted,
  },
  { rule: 'chorus/message-for-nobody-is-lost', on: sending, errors: ['K_EUNKNOWN'], may: true, what: 'nobody can have the message', when: (state,
    call) => destinationOf(state, call as never)?.tag === 'nobody' },
  {
    rule: 'chorus/funcx-avoids-the-co-target', on: ['ipcSend', 'ipcCall'], errors: ['K_EUNKNOWN'], may: true, what: 'all members that would do are on the site of the co-target',
    when: (state, call) => isOpen(state, call as never),
  },
  {
    rule: 'chorus/full-queue-refuses-the-send', on: sending, errors: ['K_EFULL'], what: 'there is no room for the message',
    when: (state, call) => {
      const destination = destinationOf(state, call as never);
      return !isOpen(state, call as never) && destination?.tag === 'one' && destination.ports.every((port) => !roomFor(state, call.thread, port));
    },
  },
  {
    rule: 'chorus/full-queue-refuses-the-send', on: sending, errors: ['K_EFULL'], may: true, what: 'some of the members have no room',
    when: (state, call) => {
      const destination = destinationOf(state, call as never);
      return destination?.tag === 'one' && destination.ports.some((port) => !roomFor(state, call.thread, port));
    },
  },
  {
    rule: 'chorus/locks-are-made-first', on: ['semP', 'semV'], errors: ['K_EINVAL'], what: 'there is no such semaphore',
    when: (state, call) => lockOf(state, call, 'semaphore')?.kind !== 'semaphore',
  },
  {
    rule: 'chorus/locks-are-made-first', on: ['mutexGet', 'mutexTry', 'mutexRel'], errors: ['K_EINVAL'], what: 'there is no such lock',
    when: (state, call) => [undefined, 'semaphore'].includes(lockOf(state, call, 'mutex')?.kind),
  },
  { rule: 'chorus/receive-takes-own-ports', on: ['ipcReceive'], errors: ['K_EINVAL'], what: 'a port of no own is received from', when: (state,
    call) => call.from!.tag === 'port' && !ownPort(state, call, call.from!.port) },
  {
    rule: 'chorus/needs-a-current-message', on: ['ipcReply', 'ipcSave', 'ipcGetData', 'ipcSysInfo'], errors: ['K_EINVAL'], what: 'there is no current message',
    when: (state, call) => currentOf(state, call) === null,
  },
  {
    rule: 'chorus/saved-messages-are-limited', on: ['ipcSave'], errors: ['K_EFULL', 'K_ETOOMUCH'], what: 'the actor has saved all it can',
    when: (state, call) => currentOf(state, call) !== null && savedCount(state, call) >= state.limits.saved,
  },
  {
    rule: 'chorus/restore-takes-saved-messages', on: ['ipcRestore'], errors: ['K_EINVAL'], what: 'nothing was saved under that identifier',
    when: (state, call) => (state.actors[actorAt(state, call.thread)]!.saved[call.saved!] ?? null) === null,
  },
  { rule: 'chorus/body-is-fetched-once', on: ['ipcGetData'], errors: ['K_EINVAL'], may: true, what: 'the body was fetched before', when: (state,
    call) => currentOf(state, call)?.kept === false },
  {
    rule: 'chorus/late-reply-is-discarded', on: ['ipcReply'], errors: ['K_EUNKNOWN'], may: true, what: 'the client does not wait any more, or cannot be reached',
    when: (state, call) => {
      const transaction = currentOf(state, call)?.message.transaction ?? null;
      if (transaction === null) return false;
      const { life, site } = state.transactions[transaction]!;
      return life !== 'open' || !connected(state, siteAt(state, call.thread), site);
    },
  },
];

/** Whether one more message can be taken towards a port. */
export function roomFor(state: ChorusState, thread: ThreadId, port: PortId): boolean {
  const site = siteOfPort(state, port);
  if (site === siteAt(state, thread)) return state.ports[port]!.queue.length < state.limits.queue;
  let under = 0;
  for (const { to } of state.network) if (to === site) under += 1;
  return under < state.limits.packets;
}

/** What a receive may come to without anything being wrong with the call; other laws say when. */
const outcomes: Readonly<Partial<Record<OperationName, readonly string[]>>> = {
  ipcReceive: ['K_ETIMEOUT', 'K_ENOPORT', 'K_EABORT'], ipcCall: ['K_EABORT', 'K_ENOPORT', 'K_EUNKNOWN', 'K_ETIMEOUT'], threadDelay: ['K_EABORT'], semP: ['K_EABORT'],
  memoryRead: ['exception'], memoryWrite: ['exception'], sgRead: ['K_EMAPPER'], sgWrite: ['K_EMAPPER'], sgFlush: ['K_EMAPPER'], lcFlush: ['K_EMAPPER'], vmCopy: ['K_EMAPPER'],
};

const speaking = new Map<string, readonly Reason[]>();

function reasonsFor(operation: OperationName): readonly Reason[] {
  let found = speaking.get(operation);
  if (found === undefined) speaking.set(operation, found = reasons.filter(({ on }) => on.includes(operation)));
  return found;
}

/** The reasons that apply to a call. */
const applying = (state: ChorusState, call: ChorusCall): readonly Reason[] =>
  reasonsFor(call.operation).filter(({ when }) => when(state, call as unknown as Named));

/** Whether anything at all is wrong with a call, or may be. */
export const isRefusable = (step: ChorusStep): boolean => applying(step.before, step.call).some(({ may }) => may !== true);

/** What one rule asks of refusals: that they come where there is reason, and nowhere else. */
export function refusing(rule: ChorusRule): ChorusObligation {
  const own = reasons.filter((reason) => reason.rule === rule);
  return {
    on: [...new Set(own.flatMap(({ on }) => on))],
    step: (step) => {
      if (!('thread' in step.call)) return [];
      const error = errorOf(step);
      const apply = applying(step.before, step.call);
      const allowed = new Set<string | null>(apply.flatMap(({ errors }) => errors));
      const who = threadName(step.call.thread);
      const missed = apply.filter((reason) => reason.rule === rule && reason.may !== true && !allowed.has(error));
      const governed = own.some(({ on, errors }) => on.includes(step.call.operation) && error !== null && errors.includes(error));
      const unasked = governed && !allowed.has(error) && !(outcomes[step.call.operation] ?? []).includes(error!);
      return [
        ...missed.map(({ what, errors }) => `${who}: ${what}, and ${step.call.operation} gave ${error ?? 'no error'}, not ${errors.join(' or ')}`),
        ...(unasked ? [`${who}: ${step.call.operation} was refused with ${error} without a reason`] : []),
      ];
    },
    sometimes: Object.fromEntries(own.map(({ what, on, when }) =>
      [what, (step: ChorusStep) => on.includes(step.call.operation) && when(step.before, step.call as unknown as Named)])),
  };
}

/** Every error that some rule explains, for a call. */
export const explained = (step: ChorusStep, error: string): boolean =>
  applying(step.before, step.call).some(({ errors }) => errors.includes(error)) || (outcomes[step.call.operation] ?? []).includes(error);

