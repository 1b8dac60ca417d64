import { chorusDocuments } from '#spec/chorus/documents';
import { paper } from '#spec/paper';
import { implementedBy } from '#model/chorus/world';
import type { PageSources } from '#reports/pages';

/** What Chorus's pages are made of beside its suite. */
export const sources: PageSources = {
  documents: chorusDocuments,
  statements: paper.filter(({ kernels }) => kernels.includes('chorus')),
  implementedBy,
};
