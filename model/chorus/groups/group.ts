import type { Capability, Key, ThreadId } from '#spec/chorus/vocabulary';
import { areConnected, groupNamed, newUi, portNamed, siteOfPort, uiOf } from '#model/chorus/naming/identifiers';
import { isPrivileged, siteOf, type Resolved } from '#model/chorus/naming/resolve';
import { refusal, type ChorusOperation } from '#model/chorus/world';
import type { ChorusState, GroupId, Identifier } from '#model/chorus/state';
import { change, returned } from '#model/operation';

/** Makes the capability of a group, or finds the one that a stamp has had all along. A group begins empty. */
export const grpAllocate: ChorusOperation<'grpAllocate', 'error'> = {
  implements: ['chorus/dynamic-groups-are-new', 'chorus/static-groups-follow-from-their-stamp', 'chorus/system-groups-are-privileged'],

  step(world, { thread, kind, stamp }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const no = refusal(world, [kind === 'other' && 'K_EINVAL', kind === 'static-system' && !isPrivileged(state, thread) && 'K_EPRIV']);
    if (no !== null) return no;
    // Effect.
    const identifier: Identifier | null = kind === 'static-user' || kind === 'static-system' ? { tag: 'group stamp', kind, stamp } : null;
    const ui = identifier === null ? newUi({ state }, siteOf(state, thread)) : uiOf(state, identifier);
    if (groupNamed(state, ui) === null) {
      change(state.groups).push({ ui, key: ui as number as Key, kind: identifier === null ? 'dynamic' : identifier.kind, members: [] });
    }
    const { key } = state.groups[groupNamed(state, ui)!]!;
    return returned({ ui, key });
  },
};

type GroupError = 'K_EINVAL' | 'K_EUNKNOWN' | 'K_EPRIV';

/** The group a capability names, whole: the identifier alone does not do. */
function groupFor(state: ChorusState, thread: ThreadId, { ui, key }: Capability): Resolved<GroupId, GroupError> {
  const id = groupNamed(state, ui);
  if (id === null) return { id, wrong: ['K_EINVAL'] };
  const group = state.groups[id]!;
  const forbidden = group.kind === 'static-system' && !isPrivileged(state, thread);
  return { id, wrong: [group.key !== key && 'K_EINVAL', forbidden && 'K_EPRIV'] };
}

export const grpPortInsert: ChorusOperation<'grpPortInsert', 'error'> = {
  implements: ['chorus/group-membership-needs-the-key', 'chorus/group-gains-the-port', 'chorus/group-members-are-local-when-inserted',
    'chorus/system-groups-are-privileged'],

  step(world, { thread, group, port }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const { id, wrong } = groupFor(state, thread, group);
    const member = portNamed(state, port);
    const reached = member !== null && areConnected(state, siteOf(state, thread), siteOfPort(state, member));
    const elsewhere = reached && siteOfPort(state, member) !== siteOf(state, thread);
    const no = refusal(world, [...wrong, !reached && 'K_EUNKNOWN', elsewhere && 'K_ESITE']);
    if (no !== null) return no;
    // Effect.
    const { members } = state.groups[id!]!;
    if (!members.includes(member!)) change(state.groups[id!]!).members = [...members, member!];
    return returned(null);
  },
};

export const grpPortRemove: ChorusOperation<'grpPortRemove', 'error'> = {
  implements: ['chorus/group-membership-needs-the-key', 'chorus/group-loses-the-port', 'chorus/group-members-are-local-when-inserted',
    'chorus/system-groups-are-privileged'],

  step(world, { thread, group, port }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const { id, wrong } = groupFor(state, thread, group);
    const member = portNamed(state, port);
    const reached = member !== null && areConnected(state, siteOf(state, thread), siteOfPort(state, member));
    const elsewhere = reached && siteOfPort(state, member) !== siteOf(state, thread);
    const stranger = id !== null && reached && !state.groups[id]!.members.includes(member);
    const no = refusal(world, [...wrong, !reached && 'K_EUNKNOWN', elsewhere && 'K_ESITE', stranger && 'K_EINVAL']);
    if (no !== null) return no;
    // Effect.
    change(state.groups[id!]!).members = state.groups[id!]!.members.filter((other) => other !== member);
    return returned(null);
  },
};

/** Tags the identifier of a group with the way it is to be addressed. It is local to the caller. */
export const ipcTarget: ChorusOperation<'ipcTarget', 'error'> = {
  implements: ['chorus/only-groups-are-tagged', 'chorus/queries-change-nothing'],

  step(world, { ui, mode }) {
    world.charge('trap');
    const no = refusal(world, [groupNamed(world.state, ui) === null && 'K_EINVAL', mode === 'other' && 'K_EINVAL']);
    return no ?? returned(null);
  },
};
