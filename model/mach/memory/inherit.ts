import type { TaskId } from '#spec/mach/vocabulary';
import { copying } from '#model/mach/memory/object';
import { memoryOf, setMapping } from '#model/mach/memory/space';
import { implementing, type Mach } from '#model/mach/world';

/** Gives a new task what its template's memory says that it is to have. */
export const inheritSpace = implementing(
  [
    'mach/child-inherits-range-by-range', 'mach/sharing-comes-by-inheritance', 'mach/inheritance-acts-at-task-creation', 'mach/template-gives-memory-and-special-ports',
  ],
  (world: Mach, template: TaskId, child: TaskId): void => {
    const { state } = world;
    if (state.memory === null) return;
    const snapshot = copying(world);
    memoryOf(state).spaces[template]!.pages.forEach((mapping, page) => {
      if (mapping === null || mapping.inheritance === 'none') return;
      const object = mapping.inheritance === 'share' ? mapping.object : snapshot(mapping.object, mapping.index);
      setMapping(state, child, page, { ...mapping, object });
    });
  },
);
