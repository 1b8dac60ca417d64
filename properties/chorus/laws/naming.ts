import { newPort } from '#model/chorus/actors/new-actor';
import { change, returned as answered } from '#model/operation';
import type { ChorusState } from '#model/chorus/state';
import { actorAt, errorOf, isCall, portAt, returned, valueOf, wentThrough } from '#properties/chorus/facts';
import { besides, changes } from '#properties/chorus/laws/changes';
import { afterwards, around, misread, rekeyed } from '#properties/chorus/laws/faults';
import { explained, refusing } from '#properties/chorus/laws/refusals';
import { together, type ChorusLaws, type ChorusMutants, type ChorusStep } from '#properties/chorus/obligation';

const queries = ['actorSelf', 'portUi', 'portLi', 'portGetSeqNum', 'ipcTarget', 'ipcSysInfo'] as const;

/** Every identifier that some object has, or had. */
const everUsed = ({ sites, actors, ports, groups }: ChorusState): ReadonlySet<number> =>
  new Set([...sites, ...actors, ...ports, ...groups].map(({ ui }) => ui));

/** The identifiers of what a step made. */
function madeIn({ before, after }: ChorusStep): readonly number[] {
  return [
    ...after.actors.slice(before.actors.length), ...after.ports.slice(before.ports.length), ...after.groups.slice(before.groups.length),
  ].map(({ ui }) => ui);
}

export const namingLaws = {
  'chorus/identifiers-are-never-reused': {
    on: ['actorCreate', 'portCreate', 'grpAllocate', 'siteReboots'],
    step: (step) => {
      const used = new Set(everUsed(step.before));
      return madeIn(step).flatMap((ui) => {
        const again = used.has(ui);
        used.add(ui);
        return again ? [`identifier ${ui} is given a second time`] : [];
      });
    },
    sometimes: {
      'something is made on a site that was down': ({ before, call, after }) => 'thread' in call && after.ports.length > before.ports.length
        && before.sites[before.actors[before.threads[call.thread]!.actor]!.site]!.epoch > 1,
      'something is made after something else was deleted': (step) => madeIn(step).length > 0 && step.before.ports.some(({ life }) => life === 'dead'),
    },
  },

  'chorus/built-identifiers-follow-from-their-stamp': {
    on: ['uiBuild'],
    step: (step) => {
      if (!isCall(step, 'uiBuild') || !returned(step)) return [];
      const { ui } = valueOf<{ ui: number }>(step);
      const { before, after, call } = step;
      const made = after.uis[ui];
      const known = before.uis.findIndex((other) => other.tag === 'built' && other.stamp === call.stamp);
      return [
        ...(made?.tag === 'built' && made.stamp === call.stamp ? [] : [`identifier ${ui} is not that of stamp ${call.stamp}`]),
        ...(known >= 0 && known !== ui ? [`stamp ${call.stamp} gave ${known} before, and now ${ui}`] : []),
        ...besides(step),
      ];
    },
    sometimes: { 'a stamp is built twice': ({ before, call }) => call.operation === 'uiBuild' && before.uis.some((ui) => ui.tag === 'built'
      && ui.stamp === call.stamp) },
  },

  'chorus/local-identifiers-belong-to-their-actor': together(refusing('chorus/local-identifiers-belong-to-their-actor'), {
    on: ['portUi', 'portLi', 'portGetSeqNum'],
    step: (step) => {
      if (!returned(step)) return [];
      const { before, call } = step;
      if (call.operation === 'portUi') {
        const port = portAt(before, actorAt(before, call.thread), call.port)!;
        return valueOf<{ ui: number }>(step).ui === before.ports[port]?.ui ? [] : ['portUi gave the identifier of another port'];
      }
      if (call.operation !== 'portLi') return [];
      const port = portAt(before, actorAt(before, call.thread), valueOf<{ port: never }>(step).port);
      return port !== null && before.ports[port]!.ui === call.ui ? [] : ['portLi gave the local identifier of another port'];
    },
    sometimes: { 'an own port is translated': (step) => isCall(step, 'portUi', 'portLi') && returned(step) },
  }),

  'chorus/capabilities-need-their-key': refusing('chorus/capabilities-need-their-key'),
  'chorus/dead-capabilities-are-unknown': refusing('chorus/dead-capabilities-are-unknown'),

  'chorus/queries-change-nothing': {
    step: (step) => {
      const error = errorOf(step);
      const asks = (queries as readonly string[]).includes(step.call.operation);
      if (error === null && !asks) return [];
      const arrived = step.call.operation === 'ipcReceive' || error === 'K_EABORT' || error === 'K_EMAPPER';
      const unexplained = error !== null && !explained(step, error) ? [`${step.call.operation} gave ${error}, which no rule explains`] : [];
      return arrived ? unexplained : [...unexplained, ...changes(step).map((what) => `${what} changed although ${step.call.operation} only asked or was refused`)];
    },
    sometimes: {
      'a call is refused': (step) => errorOf(step) !== null,
      'something is asked': (step) => (queries as readonly string[]).includes(step.call.operation) && wentThrough(step),
    },
  },
} satisfies ChorusLaws;

export const namingMutants: ChorusMutants = {
  'reboot-forgets-its-starts': {
    rule: 'chorus/identifiers-are-never-reused',
    fault: 'a site that comes up again makes the identifiers that it made before',
    mechanisms: {
      startSite: ({ state }, id) => {
        change(state.sites[id]!).up = true;
        change(state.sites[id]!).made = 0;
      },
    },
  },
  'port-takes-an-identifier-that-is-free': {
    rule: 'chorus/identifiers-are-never-reused',
    fault: 'a new port gets the identifier of a port that is gone',
    operations: around('portCreate', (world, call, step) => {
      const gone = world.state.ports.find(({ life }) => life === 'dead');
      if (gone === undefined || call.actor !== null) return step(world, call);
      const port = newPort(world.state, world.state.threads[call.thread]!.actor, gone.ui, 0);
      return answered({ ui: gone.ui, port: world.state.ports[port]!.li });
    }),
  },
  'every-stamp-builds-the-same': {
    rule: 'chorus/built-identifiers-follow-from-their-stamp',
    fault: 'uiBuild does not look at the stamp',
    operations: misread('uiBuild', (_state, call) => ({ ...call, stamp: 0 })),
  },
  'local-identifier-of-another-actor': {
    rule: 'chorus/local-identifiers-belong-to-their-actor',
    fault: 'portLi gives the local identifier of a port of any actor',
    operations: around('portLi', (world, call, step) => {
      const port = world.state.ports.find(({ life, ui }) => life === 'live' && ui === call.ui);
      return port === undefined ? step(world, call) : answered({ port: port.li });
    }),
  },
  'port-identifier-of-the-neighbour': {
    rule: 'chorus/local-identifiers-belong-to-their-actor',
    fault: 'portUi gives the identifier of the default port',
    operations: around('portUi', (world, call, step) => {
      const verdict = step(world, call);
      const actor = world.state.actors[world.state.threads[call.thread]!.actor]!;
      return verdict.tag === 'returned' ? answered({ ui: world.state.ports[actor.defaultPort]!.ui }) : verdict;
    }),
  },
  'delete-does-not-look-at-the-key': {
    rule: 'chorus/capabilities-need-their-key',
    fault: 'actorDelete takes the identifier of an actor without its key',
    operations: misread('actorDelete', (state, call) => ({ ...call, actor: rekeyed(state, call.actor) })),
  },
  'migration-does-not-look-at-the-target-key': {
    rule: 'chorus/capabilities-need-their-key',
    fault: 'portMigrate takes the identifier of the target without its key',
    operations: misread('portMigrate', (state, call) => ({ ...call, to: rekeyed(state, call.to) })),
  },
  'port-create-does-not-look-at-the-key': {
    rule: 'chorus/capabilities-need-their-key',
    fault: 'portCreate takes the identifier of an actor without its key',
    operations: misread('portCreate', (state, call) => ({ ...call, actor: rekeyed(state, call.actor) })),
  },
  'unknown-actor-is-oneself': {
    rule: 'chorus/dead-capabilities-are-unknown',
    fault: 'portCreate takes the caller\'s own actor for one that is no more',
    operations: misread('portCreate', (state, call) => {
      const { actor } = call;
      return actor !== null && !state.actors.some(({ life, ui }) => life === 'live' && ui === actor.ui) ? { ...call, actor: null } : call;
    }),
  },
  'asking-for-the-count-resets-it': {
    rule: 'chorus/queries-change-nothing',
    fault: 'portGetSeqNum begins the count anew',
    operations: afterwards('portGetSeqNum', ({ state }, { thread, port }) => {
      change(state.ports[portAt(state, actorAt(state, thread), port)!]!).received = 0;
    }),
  },
  'asking-for-information-takes-the-message': {
    rule: 'chorus/queries-change-nothing',
    fault: 'ipcSysInfo ends the current message',
    operations: afterwards('ipcSysInfo', ({ state }, { thread }) => { change(state.threads[thread]!).current = null; }),
  },
};

