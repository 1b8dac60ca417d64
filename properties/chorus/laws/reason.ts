import type { Capability, ThreadId, Ui } from '#spec/chorus/vocabulary';
import type { ChorusRule } from '#spec/chorus/rules';
import type { ActorId, ChorusState, PortId } from '#model/chorus/state';
import { actorAt, actorFor, connected, portAt, portBy, siteAt, siteOfPort } from '#properties/chorus/facts';
import { onRegions } from '#properties/chorus/laws/reasons-memory';
import type { Body } from '#properties/chorus/laws/sent';
import type { OperationName } from '#properties/chorus/obligation';

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
  readonly body?: Body;
  readonly set?: unknown;
  readonly abortable?: boolean;
  readonly entry?: number;
  readonly mode?: string;
  readonly kind?: string;
  readonly privilege?: string;
  readonly from?: { readonly tag: string; readonly port?: number };
}

export const onHandlers = ['svActorHandlerConnect', 'svActorHandlerDisconnect', 'svActorHandlerGetConnected'] as const;
export const onActor = [
  'actorName', ...onHandlers,
  'actorDelete', 'actorStop', 'actorStart', 'actorPrivilege', 'actorPi', 'threadCreate', 'threadDelete', 'threadActivate', 'threadSuspend',
  'threadResume', 'threadAbort', 'threadScheduler', 'portCreate', 'portDeclare', 'portEnable', 'portDisable', 'portDelete', 'portMigrate', 'portPi',
] as const;
export const withCapabilities = ['actorCreate', ...onActor, ...onRegions] as const;
export const onThread = ['threadDelete', 'threadSuspend', 'threadResume', 'threadAbort', 'threadScheduler'] as const;
export const sending = ['ipcSend', 'ipcCall', 'ipcReply'] as const;

/** The capabilities a call names; a thread that is named as oneself needs none. */
export function capabilities({ operation, actor, initial, to, target, source }: Named): readonly Capability[] {
  if (target === null) return [];
  const origin = (onRegions as readonly string[]).includes(operation) ? source as unknown as Capability | null | undefined : null;
  return [actor, initial, operation === 'portMigrate' ? to : null, origin].filter((capability) => capability !== undefined && capability !== null);
}

export const reached = (state: ChorusState, { thread, actor }: Named): ActorId | null => actorFor(state, thread, actor ?? null);

export const isElsewhere = (state: ChorusState, call: Named): boolean => {
  const { thread, actor } = call;
  if (actor === null || actor === undefined || call.target === null) return false;
  const id = reached(state, call);
  return id !== null && state.actors[id]!.site !== siteAt(state, thread);
};

/** The port a call names by its actor and local identifier. */
export const namedPort = (state: ChorusState, call: Named): PortId | null => {
  const id = reached(state, call);
  return id === null ? null : portAt(state, id, call.port as never);
};

export const lacksPort = (state: ChorusState, call: Named): boolean => reached(state, call) !== null && namedPort(state, call) === null;

export const lacksThread = (state: ChorusState, call: Named): boolean => {
  const { target } = call;
  const id = reached(state, call);
  if (target === null || target === undefined || id === null) return false;
  const row = state.threads[target];
  return row === undefined || row.life === 'dead' || row.actor !== id;
};

export const privilegeOf = (state: ChorusState, call: Named): string | null => {
  const id = reached(state, call);
  return id === null ? null : state.actors[id]!.privilege;
};

export const ownPort = (state: ChorusState, { thread }: Named, li: number | null | undefined): boolean =>
  li === null || li === undefined || portAt(state, actorAt(state, thread), li as never) !== null;

export const crowded = (state: ChorusState, actor: ActorId | null): boolean =>
  actor !== null && state.ports.filter((row, port) =>
    row.life === 'live' && siteOfPort(state, port as PortId) === state.actors[actor]!.site).length >= state.limits.ports;

/** The port a group operation is about, if its caller can reach it. */
export const memberToBe = (state: ChorusState, { thread, port }: Named): PortId | null => {
  const found = portBy(state, port as never);
  return found !== null && connected(state, siteAt(state, thread), siteOfPort(state, found)) ? found : null;
};

export const savedCount = (state: ChorusState, { thread }: Named): number =>
  state.actors[actorAt(state, thread)]!.saved.filter((kept) => kept !== null).length;

export const currentOf = (state: ChorusState, { thread }: Named) => state.threads[thread]!.current;

export const lockOf = (state: ChorusState, call: Named, argument: 'semaphore' | 'mutex') =>
  state.actors[actorAt(state, call.thread)]!.locks[(call as unknown as Record<string, number>)[argument]!];

export const isMigrationAbroad = (state: ChorusState, call: Named): boolean => {
  const source = reached(state, call);
  const target = actorFor(state, call.thread, call.to ?? null);
  return source !== null && target !== null && state.actors[source]!.site !== state.actors[target]!.site;
};

/** Whether one more message can be taken towards a port. */
export function roomFor(state: ChorusState, thread: ThreadId, port: PortId): boolean {
  const site = siteOfPort(state, port);
  if (site === siteAt(state, thread)) return state.ports[port]!.queue.length < state.limits.queue;
  let under = 0;
  for (const { to } of state.network) if (to === site) under += 1;
  return under < state.limits.packets;
}
