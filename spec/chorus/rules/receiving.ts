import { cite, rules } from '#spec/rule';

/** Receiving messages, and keeping them. */
export const receivingRules = rules({
  'chorus/receive-takes-own-ports': {
    number: 'CHO-IPC-09',
    states: 'ipcReceive takes a port of the calling actor; others are refused with K_EINVAL.',
    source: cite('MAN: ipcReceive'),
    standing: 'stated',
  },
  'chorus/single-port-receives-the-oldest': {
    number: 'CHO-IPC-10a',
    states: 'A receive from one port, enabled or not, takes its oldest message.',
    source: cite('MAN: ipcReceive; MAN: portEnable'),
    standing: 'stated',
  },
  'chorus/best-enabled-port-is-served-first': {
    number: 'CHO-IPC-10b',
    states:
      'A receive from any enabled port takes the oldest message of an enabled port of the best priority ' +
      'that has one; a low number is a good priority. It says which port that was.',
    source: cite('MAN: portEnable; MAN: ipcReceive'),
    standing: 'stated',
  },
  'chorus/disabled-ports-are-passed-over': {
    number: 'CHO-IPC-11',
    states: 'A receive from any enabled port takes nothing from a disabled one.',
    source: cite('MAN: portEnable'),
    standing: 'stated',
  },
  'chorus/body-is-copied-up-to-the-room': {
    number: 'CHO-IPC-12a',
    states:
      'A receive tells the size of the body and copies as much of it as there is room for; without a ' +
      'place for it the body stays with the system.',
    source: cite('MAN: ipcReceive'),
    standing: 'inferred',
  },
  'chorus/body-is-fetched-once': {
    number: 'CHO-IPC-12b',
    states:
      'ipcGetData fetches the body of the current message that a receive left with the system, once. ' +
      'After that it reads as empty, or is refused with K_EINVAL.',
    source: cite('MAN: ipcGetData'),
    standing: 'silent',
    readings: {
      empty: 'the body has no bytes',
      K_EINVAL: 'there is nothing to fetch',
    },
  },
  'chorus/receive-waits-as-asked': {
    number: 'CHO-IPC-13a',
    states:
      'Where there is no message, a receive ends with K_ETIMEOUT at once if it polls; otherwise it waits, ' +
      'for as long as it asked.',
    source: cite('MAN: ipcReceive; ACE: error map'),
    standing: 'stated',
  },
  'chorus/no-enabled-port': {
    number: 'CHO-IPC-13b',
    states: 'A receive from any enabled port, where none is, waits as if there were, or is told K_ENOPORT.',
    source: cite('MAN: ipcReceive; ACE: reactor'),
    standing: 'silent',
    readings: {
      waits: 'a port may be enabled meanwhile',
      K_ENOPORT: 'there is nothing to wait for',
    },
  },
  'chorus/message-wakes-one-thread': {
    number: 'CHO-IPC-14a',
    states:
      'A message for which threads wait is taken by exactly one of them; nobody waits where there is a ' +
      'message for him.',
    source: cite('ARCH5: 107'),
    standing: 'inferred',
  },
  'chorus/waiting-threads-go-by-priority': {
    number: 'CHO-IPC-14b',
    states:
      'Of the threads that wait for it one of the best priority takes a message; among equals it may be ' +
      'any.',
    source: cite('ARCH5: 107'),
    standing: 'inferred',
  },
  'chorus/sequence-counts-receipts': {
    number: 'CHO-IPC-15',
    states:
      'Messages received from a port are numbered from 1 by the order of their receipt since the port was ' +
      'attached; portGetSeqNum tells the last number.',
    source: cite('MAN: ipcReceive; MAN: portGetSeqNum'),
    standing: 'stated',
  },
  'chorus/new-message-supplants-the-current': {
    number: 'CHO-IPC-02',
    states: 'A thread that receives a message has that as its current message, and no other.',
    source: cite('MAN: ipcReceive'),
    standing: 'stated',
  },
  'chorus/dropped-request-may-fail-its-client': {
    number: 'CHO-IPC-03',
    states:
      'A request that is supplanted before it was answered will not be answered: its client is told, or ' +
      'waits for as long as it asked.',
    source: cite('MAN: ipcReceive'),
    standing: 'silent',
    readings: {
      fails: 'the call ends with an error',
      waits: 'the client waits to its deadline',
    },
  },
  'chorus/needs-a-current-message': {
    number: 'CHO-IPC-24a',
    states:
      'ipcReply, ipcSave, ipcGetData and ipcSysInfo take a current message, and refuse with K_EINVAL ' +
      'where there is none.',
    source: cite('MAN: ipcReply; MAN: ipcSave'),
    standing: 'stated',
  },
  'chorus/save-and-restore': {
    number: 'CHO-IPC-26a',
    states:
      'ipcSave puts the current message aside under an identifier; ipcRestore makes it the current ' +
      'message of any thread of the actor, as it was, once.',
    source: cite('MAN: ipcSave; MAN: ipcRestore'),
    standing: 'stated',
  },
  'chorus/saved-messages-are-limited': {
    number: 'CHO-IPC-26b',
    states:
      'An actor that has saved as many messages as it may saves no more, K_EFULL or K_ETOOMUCH, and the ' +
      'current message stays.',
    source: cite('MAN: ipcSave'),
    standing: 'silent',
    readings: {
      K_EFULL: 'the table is full',
      K_ETOOMUCH: 'there are too many',
    },
  },
  'chorus/restore-takes-saved-messages': {
    number: 'CHO-IPC-26c',
    states: 'ipcRestore of what the actor has not saved is refused with K_EINVAL.',
    source: cite('MAN: ipcRestore'),
    standing: 'stated',
  },
});
