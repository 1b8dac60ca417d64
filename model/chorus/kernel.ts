import { change, raised } from '#model/operation';
import type { ChorusOperationName, SiteId, ThreadId } from '#spec/chorus/vocabulary';
import type { ChorusScope } from '#spec/chorus/scope';
import type { Kernel } from '#model/kernel';
import { newActor, newThread } from '#model/chorus/actors/new-actor';
import {
  actorCreate, actorDelete, actorPi, actorPrivilege, actorSelf, actorStart, actorStop, uiBuild,
} from '#model/chorus/actors/actor';
import { actorName, actorStat } from '#model/chorus/actors/names';
import { svActorHandlerConnect, svActorHandlerDisconnect, svActorHandlerGetConnected, threadGoesHome } from '#model/chorus/actors/handlers';
import { grpAllocate, grpPortInsert, grpPortRemove, ipcTarget } from '#model/chorus/groups/group';
import { mechanisms } from '#model/chorus/mechanisms';
import { ipcCall, ipcSend } from '#model/chorus/messages/call';
import { ipcGetData, ipcRestore, ipcSave, ipcSysInfo } from '#model/chorus/messages/current';
import { ipcReceive } from '#model/chorus/messages/receive';
import { ipcReply } from '#model/chorus/messages/reply';
import { memoryRead, memoryWrite, sgRead, sgWrite, vmCopy } from '#model/chorus/memory/access';
import { pageIsEvicted } from '#model/chorus/memory/eviction';
import { lcFlush, sgFlush } from '#model/chorus/memory/flush';
import { pageIsPushedOut, requestIsGivenUp, segmentIsReleased } from '#model/chorus/memory/page-out';
import {
  rgnAllocate, rgnDup, rgnFree, rgnInit, rgnInitFromActor, rgnMap, rgnMapFromActor, rgnSetInherit, rgnSetProtect,
} from '#model/chorus/memory/regions';
import { newUi } from '#model/chorus/naming/identifiers';
import { linkFails, linkHeals, packetArrives, packetIsLost, siteCrashes, siteReboots } from '#model/chorus/network/network';
import { packetIsDuplicated, requestIsSentAgain } from '#model/chorus/network/retransmission';
import {
  portCreate, portDeclare, portDelete, portDisable, portEnable, portGetSeqNum, portLi, portMigrate, portPi, portUi,
} from '#model/chorus/ports/port';
import { chorusSchema, NO_UI, type ChorusState, type Limits } from '#model/chorus/state';
import { clockTicks, elect, threadScheduler } from '#model/chorus/threads/processor';
import { mutexGet, mutexInit, mutexRel, mutexTry, semInit, semP, semV } from '#model/chorus/synchronisation/locks';
import { settle } from '#model/chorus/threads/settle';
import { failureIsNoticed, timeout } from '#model/chorus/threads/spontaneous';
import {
  threadAbort, threadAborted, threadActivate, threadCreate, threadDelay, threadDelete, threadResume, threadSuspend,
} from '#model/chorus/threads/thread';
import type { ChorusCall, ChorusOperation } from '#model/chorus/world';

/** Chorus's operations, in the order of the vocabulary. */
export const operations = {
  uiBuild,
  actorCreate, actorDelete, actorStop, actorStart, actorSelf, actorPrivilege, actorPi, actorName, actorStat,
  svActorHandlerConnect, svActorHandlerDisconnect, svActorHandlerGetConnected, threadGoesHome,
  threadCreate, threadDelete, threadActivate, threadSuspend, threadResume, threadAbort, threadAborted, threadDelay,
  semInit, semP, semV, mutexInit, mutexGet, mutexTry, mutexRel, threadScheduler,
  portCreate, portDeclare, portUi, portLi, portEnable, portDisable, portDelete, portMigrate, portGetSeqNum, portPi,
  grpAllocate, grpPortInsert, grpPortRemove,
  ipcTarget, ipcSend, ipcReceive, ipcCall, ipcReply, ipcSave, ipcRestore, ipcGetData, ipcSysInfo,
  rgnAllocate, rgnFree, rgnMapFromActor, rgnInitFromActor, rgnDup, rgnMap, rgnInit, rgnSetProtect, rgnSetInherit, vmCopy,
  memoryRead, memoryWrite, sgRead, sgWrite, sgFlush, lcFlush,
  pageIsEvicted, pageIsPushedOut, segmentIsReleased, requestIsGivenUp,
  packetArrives, packetIsLost, packetIsDuplicated, requestIsSentAgain, failureIsNoticed, timeout, siteCrashes, siteReboots, clockTicks, linkFails, linkHeals,
} satisfies { [Op in ChorusOperationName]: ChorusOperation<Op, never> | object };

export type { ChorusScope } from '#spec/chorus/scope';

/** The routine of the exception handler that an actor may begin with. */
const FIRST_HANDLER = 0;

/** The nucleus's own limits, and bounds that no ordinary run meets. */
export const defaultLimits: Limits = {
  actors: 64, threads: 128, identifiers: 4096, messages: 1024,
  annex: 63, body: 65_536, queue: 16, saved: 8, ports: 256, packets: 64, page: 4096, space: 64, quantum: 10, handlers: 4, name: 15,
};

export type ChorusKernel = Kernel<ChorusState, ChorusCall> & {
  readonly operations: typeof operations;
  readonly mechanisms: typeof mechanisms;
};

const boot = (reading: Pick<ChorusState, 'userCalls' | 'intersite'>, own: Partial<Limits> = {}) =>
  ({ threads, sites, privileges, handlers, priorities = [128], scheduling, policy = 'fifo', limits }: ChorusScope): ChorusState => {
    const state: ChorusState = {
      ...reading, limits: { ...defaultLimits, ...own, ...limits }, processors: scheduling === 'modelled', known: 0, uis: [{ tag: 'none' }],
      sites: [], actors: [], threads: [], ports: [], groups: [], transactions: [], objects: [], defaultMapper: NO_UI, network: [], apart: [], serial: 0,
    };
    const siteOf = (actor: number) => (sites === undefined ? actor % 2 : sites[actor] ?? 0);
    const count = Math.max(2, ...threads.map((_, actor) => siteOf(actor) + 1));
    for (let site = 0; site < count; site += 1) {
      (state.sites as ChorusState['sites'][number][]).push({ ui: NO_UI, up: true, epoch: 1, made: 0, beliefs: [], regions: [], running: null, queue: [] });
      (state.sites[site] as { ui: typeof NO_UI }).ui = newUi({ state }, site as SiteId);
    }
    threads.forEach((number, at) => {
      const privilege = privileges?.[at] ?? 'system';
      const actor = newActor(state, siteOf(at) as SiteId, { privilege, stopped: false, pi: at + 1 });
      if (handlers === 'connected') change(state.actors[actor]!.handlers.exception)[0] = FIRST_HANDLER;
      for (let i = 0; i < number; i += 1) newThread(state, actor, { supervisor: privilege === 'supervisor', active: true,
        priority: priorities[i % priorities.length]!, policy });
    });
    elect(state);
    return { ...state, defaultMapper: state.ports[0]?.ui ?? NO_UI, known: state.uis.length };
  };

/** Chorus V3 as its documents describe it: what they leave open is a choice. */
export const chorus: ChorusKernel = {
  name: 'chorus', variant: 'documented', boot: boot({ userCalls: true, intersite: true }),
  operations, mechanisms, settle, schema: chorusSchema,
};

/** Refuses whatever a user actor asks of the nucleus; what a thread does by itself it is not asked for. */
function guarded(name: string, operation: typeof operations[keyof typeof operations]): object {
  if (['memoryRead', 'memoryWrite', 'threadGoesHome'].includes(name)) return operation;
  const step = operation.step as unknown as (world: { readonly state: ChorusState }, call: never) => unknown;
  return {
    ...operation,
    step: (world: { readonly state: ChorusState }, call: { readonly thread?: ThreadId }) => {
      const thread = call.thread === undefined ? undefined : world.state.threads[call.thread];
      const isUser = thread !== undefined && !thread.supervisor && world.state.actors[thread.actor]!.privilege === 'user';
      return isUser ? raised('K_EPRIV') : step(world, call as never);
    },
  };
}

/** Chorus by the strict reading: user actors execute no operation of the nucleus. */
export const strict: ChorusKernel = {
  ...chorus, variant: 'strict', boot: boot({ userCalls: false, intersite: true }),
  operations: Object.fromEntries(Object.entries(operations).map(([name, operation]) => [name, guarded(name, operation)])) as typeof operations,
};

/** ChorusOS, the descendant of V3: a longer annex, and ports that stay on their site. */
export const chorusos: ChorusKernel = { ...chorus, variant: 'chorusos', boot: boot({ userCalls: true, intersite: false }, { annex: 120 }) };
