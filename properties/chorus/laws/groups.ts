import type { Ui } from '#spec/chorus/vocabulary';
import type { GroupId, PortId } from '#model/chorus/state';
import { errorOf, groupBy, isCall, portBy, receipts, returned, siteAt, siteBy, siteOfPort, traffic, valueOf } from '#properties/chorus/facts';
import { besides, same } from '#properties/chorus/laws/changes';
import { destinationOf, isOpen } from '#properties/chorus/laws/destinations';
import { roomFor } from '#properties/chorus/laws/reason';
import { refusing } from '#properties/chorus/laws/refusals';
import { together, type CallOf, type ChorusLaws, type ChorusStep } from '#properties/chorus/obligation';

const groupOf = (step: ChorusStep): GroupId | null => {
  const { call } = step;
  return (call.operation === 'grpPortInsert' || call.operation === 'grpPortRemove') && returned(step) ? groupBy(step.before, call.group.ui) : null;
};

const allocates = (step: ChorusStep, kind: string): boolean => isCall(step, 'grpAllocate') && returned(step) && step.call.kind.startsWith(kind);

/** A message to a group that went through, in one of some modes. */
function sentTo(step: ChorusStep, ...modes: readonly (string | null)[]): (CallOf<'ipcSend'> | CallOf<'ipcCall'>) | null {
  if (!isCall(step, 'ipcSend', 'ipcCall') || errorOf(step) !== null) return null;
  const call = step.call as CallOf<'ipcSend'> | CallOf<'ipcCall'>;
  return groupBy(step.before, call.destination.ui) !== null && modes.includes(call.destination.mode) ? call : null;
}

/** The ports to which the new messages of a step went, as far as can be told: queued, taken, or under way. */
export function destinationsOf(step: ChorusStep): readonly (PortId | null)[] {
  const { before, after } = traffic(step);
  return [...after].flatMap(([serial, [, place]]) => {
    if (before.has(serial)) return [];
    if (place.at === 'queue') return [place.port];
    if (place.at === 'network') {
      const { cargo } = step.after.network[place.index]!;
      return [cargo.tag === 'message' ? portBy(step.before, cargo.port) : null];
    }
    if (place.at !== 'current') return [null];
    const taken = receipts(step).find(({ thread }) => thread === place.thread)?.port ?? null;
    return [taken !== null && step.after.ports[taken]!.received > (step.before.ports[taken]?.received ?? 0) ? taken : null];
  });
}

/** A functional send reaches one of those it may reach, and nobody else. */
function onlyOneOf(step: ChorusStep, ...modes: readonly string[]): readonly string[] {
  const call = sentTo(step, ...modes);
  if (call === null) return [];
  const expected = destinationOf(step.before, call);
  const reached = destinationsOf(step);
  if (isOpen(step.before, call) && reached.length === 0 && call.operation === 'ipcSend') return [];
  const lost = expected?.tag === 'nobody' && call.operation === 'ipcSend';
  if (lost) return reached.length === 0 ? [] : ['a message for nobody went somewhere'];
  if (expected?.tag !== 'one') return ['a message went through that could not be sent'];
  return reached.length === 1 && reached[0] !== null && expected.ports.includes(reached[0]!) ? []
    : [`a message for one of ${expected.ports.length} members went to ${reached.length === 1 ? 'another port' : `${reached.length} ports`}`];
}

const chosen = (step: ChorusStep, mode: string): boolean => {
  const call = sentTo(step, mode);
  return call !== null && destinationOf(step.before, call)?.tag === 'one';
};

export const groupLaws = {
  'chorus/dynamic-groups-are-new': {
    on: ['grpAllocate'],
    step: (step) => {
      if (!allocates(step, 'dynamic')) return [];
      const { before, after } = step;
      const { ui, key } = valueOf<{ ui: Ui; key: number }>(step);
      const made = after.groups[before.groups.length];
      const old = [...before.groups, ...before.ports, ...before.actors, ...before.sites].some((row) => row.ui === ui);
      return [
        ...(made !== undefined && made.ui === ui && made.key === key && made.members.length === 0 && made.kind === 'dynamic' && !old ? []
          : ['the new group is not new']),
        ...besides(step, `new g${before.groups.length + 1}`, `S${siteAt(before, (step.call as CallOf<'grpAllocate'>).thread) + 1}.made`),
      ];
    },
    sometimes: { 'a second dynamic group is made': (step) => allocates(step, 'dynamic') && step.before.groups.some(({ kind }) => kind === 'dynamic') },
  },

  'chorus/static-groups-follow-from-their-stamp': together(refusing('chorus/static-groups-follow-from-their-stamp'), {
    on: ['grpAllocate'],
    step: (step) => {
      if (!allocates(step, 'static')) return [];
      const { before, after } = step;
      const { kind, stamp } = step.call as CallOf<'grpAllocate'>;
      const { ui, key } = valueOf<{ ui: Ui; key: number }>(step);
      const old = groupBy(before, ui);
      const known = before.groups.find((group) => {
        const made = before.uis[group.ui]!;
        return made.tag === 'group stamp' && made.kind === kind && made.stamp === stamp;
      });
      const made = after.uis[ui]!;
      const group = after.groups[groupBy(after, ui) ?? -1];
      return [
        ...(made.tag === 'group stamp' && made.kind === kind && made.stamp === stamp && group?.kind === kind && group.key === key ? []
          : ['the group is not that of its kind and stamp']),
        ...(known !== undefined && known.ui !== ui ? ['the same stamp gave another group than before'] : []),
        ...besides(step, ...(old === null ? [`new g${before.groups.length + 1}`] : [])),
      ];
    },
    sometimes: {
      'a static group is allocated again': (step) => allocates(step, 'static') && groupBy(step.before, valueOf<{ ui: Ui }>(step).ui) !== null,
      'it is allocated again with members in it': (step) => allocates(step, 'static')
        && (step.before.groups[groupBy(step.before, valueOf<{ ui: Ui }>(step).ui) ?? -1]?.members.length ?? 0) > 0,
    },
  }),

  'chorus/system-groups-are-privileged': refusing('chorus/system-groups-are-privileged'),
  'chorus/group-membership-needs-the-key': refusing('chorus/group-membership-needs-the-key'),
  'chorus/group-members-are-local-when-inserted': refusing('chorus/group-members-are-local-when-inserted'),

  'chorus/group-gains-the-port': {
    on: ['grpPortInsert'],
    step: (step) => {
      const group = isCall(step, 'grpPortInsert') ? groupOf(step) : null;
      if (group === null) return [];
      const port = portBy(step.before, (step.call as CallOf<'grpPortInsert'>).port)!;
      const { members } = step.before.groups[group]!;
      const expected = members.includes(port) ? members : [...members, port];
      return [
        ...(same([...step.after.groups[group]!.members].sort(), [...expected].sort()) ? []
          : ['the group has other members than those it had and the one it was given']),
        ...besides(step, `g${group + 1}.members`),
      ];
    },
    sometimes: {
      'a member is inserted again': (step) => isCall(step, 'grpPortInsert') && groupOf(step) !== null
        && step.before.groups[groupOf(step)!]!.members.includes(portBy(step.before, step.call.port)!),
      'a group gains a second member': (step) => isCall(step, 'grpPortInsert') && groupOf(step) !== null && step.after.groups[groupOf(step)!]!.members.length === 2,
    },
  },

  'chorus/group-loses-the-port': together(refusing('chorus/group-loses-the-port'), {
    on: ['grpPortRemove'],
    step: (step) => {
      const group = isCall(step, 'grpPortRemove') ? groupOf(step) : null;
      if (group === null) return [];
      const port = portBy(step.before, (step.call as CallOf<'grpPortRemove'>).port)!;
      const expected = step.before.groups[group]!.members.filter((other) => other !== port);
      return [
        ...(same([...step.after.groups[group]!.members].sort(), [...expected].sort()) ? []
          : ['the group has other members than those it had but the one that was removed']),
        ...besides(step, `g${group + 1}.members`),
      ];
    },
    sometimes: { 'a member is removed': (step) => isCall(step, 'grpPortRemove') && groupOf(step) !== null },
  }),

  'chorus/only-groups-are-tagged': refusing('chorus/only-groups-are-tagged'),

  'chorus/functional-mode-picks-one-member': {
    on: ['ipcSend', 'ipcCall'],
    step: (step) => onlyOneOf(step, 'func'),
    sometimes: {
      'one of several members is chosen': (step) => chosen(step, 'func')
        && step.before.groups[groupBy(step.before, sentTo(step, 'func')!.destination.ui)!]!.members.length > 1,
      'a member is called': (step) => chosen(step, 'func') && isCall(step, 'ipcCall'),
    },
  },
  'chorus/funcu-picks-a-member-on-the-site': {
    on: ['ipcSend', 'ipcCall'],
    step: (step) => onlyOneOf(step, 'funcu'),
    sometimes: {
      'a member on a certain site is chosen': (step) => chosen(step, 'funcu'),
      'the co-target is not a site': (step) => chosen(step, 'funcu') && siteBy(step.before, sentTo(step, 'funcu')!.destination.coTarget!) !== null
        && !step.before.sites.some(({ ui }) => ui === sentTo(step, 'funcu')!.destination.coTarget),
    },
  },
  'chorus/funcx-avoids-the-co-target': {
    on: ['ipcSend', 'ipcCall'],
    step: (step) => onlyOneOf(step, 'funcx'),
    sometimes: {
      'another than the co-target is chosen': (step) => chosen(step, 'funcx')
        && step.before.groups[groupBy(step.before, sentTo(step, 'funcx')!.destination.ui)!]!.members.includes(portBy(step.before, sentTo(step,
          'funcx')!.destination.coTarget!) ?? -1 as PortId),
    },
  },

  'chorus/broadcast-reaches-members-once': {
    on: ['ipcSend'],
    step: (step) => {
      const call = sentTo(step, 'broad', null);
      const expected = call === null ? null : destinationOf(step.before, call);
      if (call === null || expected === null) return [];
      const reached = destinationsOf(step);
      if (expected.tag === 'nobody') return reached.length === 0 ? [] : ['a message for an empty group went somewhere'];
      if (expected.tag !== 'all') return ['a broadcast went through that could not be sent'];
      const local = expected.ports.filter((port) => roomFor(step.before, call.thread, port) && siteOfPort(step.before, port) === siteAt(step.before, call.thread));
      const remote = expected.ports.filter((port) => siteOfPort(step.before, port) !== siteAt(step.before, call.thread));
      const twice = reached.length !== new Set(reached).size;
      const missed = local.filter((port) => !reached.includes(port));
      const strangers = reached.filter((port) => port === null || (!local.includes(port) && !remote.includes(port)));
      const far = remote.filter((port) => roomFor(step.before, call.thread, port) && !reached.includes(port));
      const crowded = step.before.network.length + remote.length > step.before.limits.packets;
      return [
        ...(twice ? ['a member got two copies'] : []),
        ...missed.map((port) => `member p${port + 1} had room, and got no copy`),
        ...(crowded ? [] : far.map((port) => `nothing is under way to member p${port + 1}`)),
        ...(strangers.length > 0 ? ['a copy went to a port that is not to have one'] : []),
      ];
    },
    sometimes: {
      'several members get a copy': (step) => sentTo(step, 'broad', null) !== null && destinationsOf(step).length > 1,
      'a member has no room': (step) => {
        const call = sentTo(step, 'broad', null);
        const expected = call === null ? null : destinationOf(step.before, call);
        return call !== null && expected?.tag === 'all' && expected.ports.some((port) => !roomFor(step.before, call.thread, port));
      },
      'an untagged group is a broadcast': (step) => sentTo(step, null) !== null && destinationsOf(step).length > 0,
    },
  },

  'chorus/empty-group-is-unknown': {
    on: ['ipcSend', 'ipcCall'],
    step: (step) => {
      if (!isCall(step, 'ipcSend', 'ipcCall')) return [];
      const group = groupBy(step.before, step.call.destination.ui);
      if (group === null || destinationOf(step.before, step.call as CallOf<'ipcSend'>)?.tag !== 'nobody') return [];
      return destinationsOf(step).length === 0 ? [] : ['a message went to a group that has nobody for it'];
    },
    sometimes: {
      'an empty group is sent to': (step) => isCall(step, 'ipcSend')
        && (step.before.groups[groupBy(step.before, step.call.destination.ui) ?? -1]?.members.length === 0),
      'no member fits': (step) => isCall(step, 'ipcSend') && (step.before.groups[groupBy(step.before,
        step.call.destination.ui) ?? -1]?.members.length ?? 0) > 0 && destinationOf(step.before, step.call)?.tag === 'nobody',
    },
  },

  'chorus/groups-hold-live-ports': {
    step: (step) => step.before.groups.flatMap(({ members }, id) => {
      const now = step.after.groups[id]!.members;
      const removed = isCall(step, 'grpPortRemove') && groupOf(step) === id ? portBy(step.before, step.call.port) : null;
      const inserted = isCall(step, 'grpPortInsert') && groupOf(step) === id ? portBy(step.before, step.call.port) : null;
      return [
        ...now.flatMap((port) => (step.after.ports[port]!.life === 'live' ? [] : [`g${id + 1} has p${port + 1}, which is no more`])),
        ...(now.length === new Set(now).size ? [] : [`g${id + 1} has a member twice`]),
        ...members.flatMap((port) => (now.includes(port) || port === removed || step.after.ports[port]!.life === 'dead' ? []
          : [`p${port + 1} has left g${id + 1}, and nobody removed it`])),
        ...now.flatMap((port) => (members.includes(port) || port === inserted ? [] : [`p${port + 1} is in g${id + 1}, and nobody inserted it`])),
      ];
    }),
    sometimes: { 'a member goes': ({ before, after }) => before.groups.some(({ members }) => members.some((port) => after.ports[port]!.life === 'dead')) },
  },
} satisfies ChorusLaws;
