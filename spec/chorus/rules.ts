import { actorsRules } from '#spec/chorus/rules/actors';
import { callingRules } from '#spec/chorus/rules/calling';
import { costRules } from '#spec/chorus/rules/costs';
import { failuresRules } from '#spec/chorus/rules/failures';
import { groupsRules } from '#spec/chorus/rules/groups';
import { handlersRules } from '#spec/chorus/rules/handlers';
import { memoryRules } from '#spec/chorus/rules/memory';
import { migrationRules } from '#spec/chorus/rules/migration';
import { namingRules } from '#spec/chorus/rules/naming';
import { networkRules } from '#spec/chorus/rules/network';
import { portsRules } from '#spec/chorus/rules/ports';
import { privilegesRules } from '#spec/chorus/rules/privileges';
import { receivingRules } from '#spec/chorus/rules/receiving';
import { redirectRules } from '#spec/chorus/rules/redirect';
import { schedulingRules } from '#spec/chorus/rules/scheduling';
import { synchronisationRules } from '#spec/chorus/rules/synchronisation';
import { sendingRules } from '#spec/chorus/rules/sending';
import { threadsRules } from '#spec/chorus/rules/threads';

/** Every rule of Chorus V3, by slug. */
export const chorusRules = {
  ...namingRules,
  ...actorsRules,
  ...handlersRules,
  ...privilegesRules,
  ...threadsRules,
  ...portsRules,
  ...migrationRules,
  ...groupsRules,
  ...sendingRules,
  ...receivingRules,
  ...callingRules,
  ...failuresRules,
  ...redirectRules,
  ...networkRules,
  ...synchronisationRules,
  ...schedulingRules,
  ...costRules,
  ...memoryRules,
};

/** The slug of a rule of Chorus. */
export type ChorusRule = keyof typeof chorusRules;
