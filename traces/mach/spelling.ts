import type { Name, Reference, ReportedName } from '#spec/mach/vocabulary';
import { DEAD, NULL, type MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import type { Spelling } from '#traces/spelling';

/** Names are spelled `n1`, `null` and `dead`; a name as data `T1:n1`; tasks `T1`, threads `t1`. */
export const machSpelling: Spelling<MachState, MachCall> = {
  spell(leaf, value) {
    switch (leaf.sort) {
      case 'name': return spellName(value as Name);
      case 'reported-name': {
        const { task, name } = value as ReportedName;
        return name > 0 ? `T${task + 1}:n${name}` : spellName(name);
      }
      case 'task': return `T${(value as number) + 1}`;
      case 'thread': return `t${(value as number) + 1}`;
      default: {
        const reference = value as Reference<number>;
        if (reference.tag === 'name') return spellName(reference.name);
        return `${leaf.sort === 'task-port' ? 'T' : 't'}${reference.identity + 1}`;
      }
    }
  },

  read(leaf, text) {
    switch (leaf.sort) {
      case 'name': return readName(text);
      case 'reported-name': {
        const [task, name] = text.split(':');
        return name === undefined ? { task: 0, name: readName(text) } : { task: number(task!), name: readName(name) };
      }
      case 'task':
      case 'thread': return number(text);
      default:
        return /^[Tt]/.test(text)
          ? { tag: 'identity', identity: number(text) }
          : { tag: 'name', name: readName(text) };
    }
  },

  thread: (thread) => `t${thread + 1}`,
  readThread: number,
};

const spellName = (name: Name): string => (name === NULL ? 'null' : name === DEAD ? 'dead' : `n${name}`);

const readName = (text: string): Name => (text === 'null' ? NULL : text === 'dead' ? DEAD : Number(text.slice(1)) as Name);

/** `T1` and `t1` count from one, identities from zero. */
function number(text: string): number {
  return Number(text.slice(1)) - 1;
}
