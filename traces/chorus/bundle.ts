import { chorusScope } from '#spec/chorus/scope';
import { chorusVocabulary } from '#spec/chorus/vocabulary';
import type { ChorusKernel } from '#model/chorus/kernel';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { chorusDepth } from '#properties/chorus/depth';
import { spontaneous } from '#properties/chorus/draw';
import { chorusExchanges } from '#properties/chorus/exchanges';
import { chorusScopes } from '#properties/chorus/scopes';
import { simplifyChorus } from '#properties/chorus/simplify';
import { chorusSuite } from '#properties/chorus/suite';
import { conformanceTheme } from '#properties/chorus/theme';
import { showChorus } from '#traces/chorus/show';
import { chorusSpelling } from '#traces/chorus/spelling';
import { chorusWire } from '#traces/chorus/wire';
import type { WireScope } from '#spec/scope';
import type { Bundle } from '#traces/bundle';

/** Everything that running, recording, judging and replaying need to know of Chorus. */
export const bundle: Bundle<ChorusState, ChorusCall, ChorusKernel> = {
  suite: chorusSuite,
  explorations: chorusScopes,
  exchanges: chorusExchanges,
  simplify: simplifyChorus,
  spelling: chorusSpelling,
  wire: chorusWire,
  vocabularies: { wire: chorusVocabulary('wire'), program: chorusVocabulary('program'), trace: chorusVocabulary('trace') },
  scopes: chorusScope,
  conformanceTheme,
  spontaneous,
  wireScope: (scope) => scope as WireScope,
  modelScope: (scope) => scope,
  isLive: (state, space, id) => {
    const [, kind, actor] = /^(local identifiers of|saved in) (\d+)$/.exec(space) ?? [];
    if (kind === undefined) return true;
    const row = state.actors[Number(actor)];
    return ((kind === 'saved in' ? row?.saved : row?.ports)?.[id] ?? null) !== null;
  },
  depth: chorusDepth,
  show: showChorus,
};
