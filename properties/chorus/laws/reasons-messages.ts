import { actorAt, connected, groupBy, isPrivileged, siteAt, siteOfPort } from '#properties/chorus/facts';
import { destinationOf, isOpen } from '#properties/chorus/laws/destinations';
import {
  sending, ownPort, memberToBe, savedCount, currentOf, roomFor, type Reason,
} from '#properties/chorus/laws/reason';
import { isMapped, lengthOf } from '#properties/chorus/laws/sent';

/** Reasons to refuse what is asked of groups and messages. */
export const messageReasons: readonly Reason[] = [
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
    { body }) => lengthOf(body!) > state.limits.body },
  { rule: 'chorus/bodies-are-in-own-memory', on: sending, errors: ['K_EFAULT'], what: 'what is to be sent is not mapped', when: (state,
    { thread, body }) => !isMapped(state, thread, body!) },
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
