import { leaveGroups } from '#model/chorus/ports/destroy-port';
import { routeTo } from '#model/chorus/messages/send';
import type { PortId } from '#model/chorus/state';
import { change, returned as answered } from '#model/operation';
import { groupBy, portBy, siteAt, siteOfPort, actorAt } from '#properties/chorus/facts';
import { afterwards, around, misread, unguarded } from '#properties/chorus/laws/faults';
import type { ChorusMutants } from '#properties/chorus/obligation';

export const groupMutants: ChorusMutants = {
  'dynamic-groups-share-a-capability': {
    rule: 'chorus/dynamic-groups-are-new',
    fault: 'a second dynamic group is the first',
    operations: around('grpAllocate', (world, call, step) => {
      const known = world.state.groups.find(({ kind }) => kind === 'dynamic');
      return call.kind === 'dynamic' && known !== undefined ? answered({ ui: known.ui, key: known.key }) : step(world, call);
    }),
  },
  'static-groups-forget-their-members': {
    rule: 'chorus/static-groups-follow-from-their-stamp',
    fault: 'allocating a static group again empties it',
    operations: afterwards('grpAllocate', ({ state }, { kind, stamp }) => {
      const group = state.groups.find(({ ui }) => {
        const made = state.uis[ui]!;
        return made.tag === 'group stamp' && made.kind === kind && made.stamp === stamp;
      });
      if (group !== undefined) change(group).members = [];
    }),
  },
  'every-stamp-is-the-same-group': {
    rule: 'chorus/static-groups-follow-from-their-stamp',
    fault: 'grpAllocate does not look at the stamp',
    operations: misread('grpAllocate', (_state, call) => ({ ...call, stamp: 0 })),
  },
  'anybody-allocates-system-groups': {
    rule: 'chorus/system-groups-are-privileged',
    fault: 'grpAllocate does not ask for privilege',
    operations: unguarded('grpAllocate'),
  },
  'anybody-changes-system-groups': {
    rule: 'chorus/system-groups-are-privileged',
    fault: 'grpPortInsert does not ask for privilege',
    operations: unguarded('grpPortInsert'),
  },
  'identifier-alone-changes-groups': {
    rule: 'chorus/group-membership-needs-the-key',
    fault: 'grpPortInsert does not look at the key',
    operations: misread('grpPortInsert', (state, call) => {
      const group = groupBy(state, call.group.ui);
      return group === null ? call : { ...call, group: { ...call.group, key: state.groups[group]!.key } };
    }),
  },
  'ports-are-inserted-across-sites': {
    rule: 'chorus/group-members-are-local-when-inserted',
    fault: 'grpPortInsert takes a port of another site',
    operations: around('grpPortInsert', (world, call, step) => {
      const { state } = world;
      const port = portBy(state, call.port);
      const home = state.actors[actorAt(state, call.thread)]!;
      const { site } = home;
      if (port !== null) change(home).site = siteOfPort(state, port);
      const verdict = step(world, call);
      change(home).site = site;
      return verdict;
    }),
  },
  'insertion-twice-counts-twice': {
    rule: 'chorus/group-gains-the-port',
    fault: 'a member that is inserted again is in the group twice',
    operations: around('grpPortInsert', (world, call, step) => {
      const group = groupBy(world.state, call.group.ui);
      const port = portBy(world.state, call.port);
      const again = group !== null && port !== null && world.state.groups[group]!.members.includes(port);
      const verdict = step(world, call);
      if (verdict.tag === 'returned' && again) change(world.state.groups[group]!).members = [...world.state.groups[group]!.members, port];
      return verdict;
    }),
  },
  'group-has-one-member-at-most': {
    rule: 'chorus/group-gains-the-port',
    fault: 'a port that is inserted takes the place of the others',
    operations: afterwards('grpPortInsert', ({ state }, { group }) => {
      const row = state.groups[groupBy(state, group.ui)!]!;
      change(row).members = row.members.slice(-1);
    }),
  },
  'removal-empties-the-group': {
    rule: 'chorus/group-loses-the-port',
    fault: 'grpPortRemove removes every member',
    operations: afterwards('grpPortRemove', ({ state }, { group }) => { change(state.groups[groupBy(state, group.ui)!]!).members = []; }),
  },
  'strangers-are-removed': {
    rule: 'chorus/group-loses-the-port',
    fault: 'grpPortRemove of a port that is no member succeeds',
    operations: around('grpPortRemove', (world, call, step) => {
      const group = groupBy(world.state, call.group.ui);
      const port = portBy(world.state, call.port);
      const stranger = group !== null && port !== null && world.state.groups[group]!.key === call.group.key && !world.state.groups[group]!.members.includes(port)
        && siteOfPort(world.state, port) === siteAt(world.state, call.thread);
      return stranger ? answered(null) : step(world, call);
    }),
  },
  'ports-can-be-tagged': {
    rule: 'chorus/only-groups-are-tagged',
    fault: 'ipcTarget takes the identifier of a port',
    operations: around('ipcTarget', (world, call, step) => (portBy(world.state, call.ui) === null ? step(world, call) : answered(null))),
  },
  'functional-mode-reaches-everybody': {
    rule: 'chorus/functional-mode-picks-one-member',
    fault: 'a one-way message in functional mode goes to every member',
    mechanisms: {
      routeTo: (world, site, destination) => {
        const route = routeTo(world, site, destination);
        return route.tag === 'one of' && destination.mode === 'func' && route.ports.length > 1 ? { tag: 'all of', ports: route.ports } : route;
      },
    },
  },
  'funcu-does-not-look-at-the-site': {
    rule: 'chorus/funcu-picks-a-member-on-the-site',
    fault: 'with a co-target for uniqueness any member will do',
    mechanisms: { routeTo: (world, site, destination) => routeTo(world, site, destination.mode === 'funcu' && destination.coTarget !== null
      ? { ...destination, mode: 'func' } : destination) },
  },
  'funcx-picks-the-co-target': {
    rule: 'chorus/funcx-avoids-the-co-target',
    fault: 'with a co-target for exclusion any member will do',
    mechanisms: { routeTo: (world, site, destination) => routeTo(world, site, destination.mode === 'funcx' && destination.coTarget !== null
      ? { ...destination, mode: 'func' } : destination) },
  },
  'broadcast-misses-the-last': {
    rule: 'chorus/broadcast-reaches-members-once',
    fault: 'the last of several members gets no copy of a broadcast',
    mechanisms: {
      routeTo: (world, site, destination) => {
        const route = routeTo(world, site, destination);
        return route.tag === 'all of' && route.ports.length > 1 ? { ...route, ports: route.ports.slice(0, -1) } : route;
      },
    },
  },
  'broadcast-copies-twice': {
    rule: 'chorus/broadcast-reaches-members-once',
    fault: 'every member gets two copies of a broadcast',
    mechanisms: {
      routeTo: (world, site, destination) => {
        const route = routeTo(world, site, destination);
        return route.tag === 'all of' ? { ...route, ports: [...route.ports, ...route.ports] } : route;
      },
    },
  },
  'empty-group-falls-back-on-any-port': {
    rule: 'chorus/empty-group-is-unknown',
    fault: 'a message for a group without a fitting member goes to some port of the site',
    mechanisms: {
      routeTo: (world, site, destination) => {
        const route = routeTo(world, site, destination);
        const port = world.state.ports.findIndex(({ life }, id) => life === 'live' && siteOfPort(world.state, id as PortId) === site);
        return route.tag === 'unknown' && groupBy(world.state, destination.ui) !== null && port >= 0 ? { tag: 'one of', ports: [port as PortId] } : route;
      },
    },
  },
  'dead-ports-stay-in-groups': {
    rule: 'chorus/groups-hold-live-ports',
    fault: 'a port that goes stays in its groups',
    mechanisms: { leaveGroups: () => undefined },
  },
  'dead-port-takes-its-group-along': {
    rule: 'chorus/groups-hold-live-ports',
    fault: 'a group is empty when one of its members has gone',
    mechanisms: {
      leaveGroups: (world, port) => {
        const left = world.state.groups.filter(({ members }) => members.includes(port));
        leaveGroups(world, port);
        for (const group of left) change(group).members = [];
      },
    },
  },
};

