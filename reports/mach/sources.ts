import { machDocuments } from '#spec/mach/documents';
import { paper } from '#spec/paper';
import { implementedBy } from '#model/mach/world';
import type { PageSources } from '#reports/pages';

/** What Mach's pages are made of beside its suite. */
export const sources: PageSources = {
  documents: machDocuments,
  statements: paper.filter(({ kernels }) => kernels.includes('mach')),
  implementedBy,
};
