/**
 * How far the source carries a rule.
 *
 * - `stated`: a document of the kernel says it.
 * - `implementation`: read from the reference implementation only; another kernel may differ.
 * - `disputed`: sources disagree; `variants` says which reading each variant of the model takes.
 * - `inferred`: we concluded it from other rules.
 * - `silent`: the source leaves it open, so the model must offer every reading.
 */
export type Standing = 'stated' | 'implementation' | 'disputed' | 'inferred' | 'silent';

/** What the source says, and how sure we are that it says so. */
export interface Rule {
  /** Our own number, stable across releases, for tables and cross references. */
  readonly number: string;
  /** The law in one or two sentences, stated positively, in the source's own nouns. */
  readonly states: string;
  /** Where a reader checks it. `document` is a key of the kernel's `documents` table. */
  readonly source: readonly Source[];
  readonly standing: Standing;
  /** For disputed and open rules: the readings, by the name of the variant or outcome. */
  readonly readings?: Readonly<Record<string, string>>;
}

export interface Source {
  readonly document: string;
  /** Section, page, file and function: whatever finds the place. */
  readonly section: string;
}

/** A document or implementation that rules cite. */
export interface Document {
  readonly title: string;
  readonly authors: string;
  readonly year: number;
}

/** Declares rules, and fixes their slugs as literal types. */
export const rules = <const Slug extends `${string}/${string}`>(table: Record<Slug, Rule>) => table;

/** Sources in the short form `KP: 4 "Ports"; GM: Message Send`, split into document and section. */
export function cite(text: string): readonly Source[] {
  return text.split('; ').map((part) => {
    const [document, ...section] = part.split(': ');
    if (document === undefined || section.length === 0) throw new Error(`not a citation: ${part}`);
    return { document, section: section.join(': ') };
  });
}
