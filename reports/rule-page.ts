import type { Document, Rule } from '#spec/rule';
import type { TraceFile } from '#spec/trace';
import { isWaiver, type Obligation } from '#properties/obligation';
import { sequenceDiagram } from '#reports/diagram';
import { markdownTable } from '#reports/table';

/** A mutant and the trace that shows its fault. */
export interface ShownMutant { readonly slug: string; readonly fault: string; readonly trace: TraceFile | null }

/** What a rule's page is made of. */
export interface RulePageParts {
  readonly slug: string;
  readonly rule: Rule;
  readonly documents: Readonly<Record<string, Document>>;
  /** Operations and mechanisms that implement it, with the file each stands in. */
  readonly implementedBy: readonly { readonly name: string; readonly file: string }[];
  readonly discharge: Obligation<never, never> | { readonly waived: string } | undefined;
  /** The file its law stands in. */
  readonly lawFile: string | null;
  readonly mutants: readonly ShownMutant[];
  /** The paper's statements that it carries. */
  readonly statements: readonly { readonly id: string; readonly says: string; readonly verdict: string }[];
}

const standings: Readonly<Record<Rule['standing'], string>> = {
  stated: 'a document of the kernel says it',
  implementation: 'read from the reference implementation; another kernel may differ',
  disputed: 'the sources disagree',
  inferred: 'concluded from other rules',
  silent: 'the source leaves it open: the model offers every reading',
};

/** The page that shows a rule whole: what it says and who says it, who implements it, and what would break it. */
export function rulePage(parts: RulePageParts): string {
  const { slug, rule } = parts;
  return `${[
    `# ${slug}`,
    `> ${rule.states}`,
    `${rule.number} · ${rule.standing}: ${standings[rule.standing]}.`,
    readings(rule),
    sources(parts),
    implementedBy(parts),
    check(parts),
    paper(parts),
    ...parts.mutants.map(mutant),
  ].filter((part) => part !== '').join('\n\n')}\n`;
}

function readings({ readings: all }: Rule): string {
  if (all === undefined) return '';
  return ['**Readings**', '', ...Object.entries(all).map(([name, reading]) => `- *${name}*: ${reading}`)].join('\n');
}

function sources({ rule, documents }: RulePageParts): string {
  const cite = ({ document, section }: Rule['source'][number]) => {
    const known = documents[document];
    return `- ${known === undefined ? document : `${known.authors}, *${known.title}* (${known.year})`}: ${section}`;
  };
  return ['## Source', '', ...rule.source.map(cite)].join('\n');
}

function implementedBy({ implementedBy: all }: RulePageParts): string {
  if (all.length === 0) return '';
  return ['## Implemented by', '', ...all.map(({ name, file }) => `- [\`${name}\`](../../${file})`)].join('\n');
}

const kinds = [
  ['always', 'holds in every reachable state'],
  ['step', 'holds of every step'],
  ['monitor', 'holds over whole runs'],
  ['relates', 'compares runs'],
] as const;

function check({ discharge, lawFile }: RulePageParts): string {
  if (discharge === undefined) return '## Check\n\nNone yet.';
  if (isWaiver(discharge)) return `## Check\n\nWaived: ${discharge.waived}`;
  const forms = kinds.filter(([kind]) => discharge[kind] !== undefined).map(([kind, says]) => `\`${kind}\` (${says})`);
  const of = discharge.on === undefined ? '' : ` Speaks of ${discharge.on.map((operation) => `\`${operation}\``).join(', ')}.`;
  const file = lawFile === null ? '' : `, in [${lawFile}](../../${lawFile})`;
  const conditions = Object.keys(discharge.sometimes).map((condition) => `- ${condition}`);
  return ['## Check', '', `${forms.join(', ')}${file}.${of}`, '', 'Put to the test when:', '', ...conditions].join('\n');
}

function paper({ statements }: RulePageParts): string {
  if (statements.length === 0) return '';
  const rows = statements.map(({ id, says, verdict }) => [id, says, verdict]);
  return ['## The paper', '', markdownTable(['statement', 'says', 'verdict'], rows)].join('\n');
}

function mutant({ slug, fault, trace }: ShownMutant): string {
  const head = `## Mutant: ${slug}\n\n${fault[0]!.toUpperCase()}${fault.slice(1)}.`;
  if (trace === null) return head;
  const { verdict, steps, kernel } = trace;
  return [
    head,
    `Caught by \`${verdict.check}\` in ${steps.length} calls: ${verdict.violations[0] ?? ''}`,
    '```mermaid', sequenceDiagram(trace), '```',
    `\`portcullis replay traces/${kernel}/${slug}.trace.json\``,
  ].join('\n\n').replace('```mermaid\n\n', '```mermaid\n').replace('\n\n```\n', '\n```\n');
}

/** The index of a kernel's rules. */
export function indexPage(kernel: string, parts: readonly RulePageParts[]): string {
  const row = ({ slug, rule, discharge, mutants }: RulePageParts) => [
    rule.number, `[${slug}](${slug.slice(slug.indexOf('/') + 1)}.md)`, rule.standing,
    discharge === undefined ? '—' : isWaiver(discharge) ? 'waived' : kinds.filter(([kind]) => discharge[kind] !== undefined).map(([kind]) => kind).join(', '),
    mutants.length,
  ];
  const waived = parts.filter(({ discharge }) => discharge !== undefined && isWaiver(discharge));
  return `${[
    `# The rules of ${kernel}`,
    `${parts.length} rules, ${waived.length} of them waived, ${parts.reduce((sum, { mutants }) => sum + mutants.length, 0)} mutants.`,
    markdownTable(['number', 'rule', 'standing', 'check', 'mutants'], parts.map(row)),
    ...(waived.length === 0 ? [] : ['## Waivers', waived.map(({ slug, discharge }) => `- ${slug}: ${(discharge as { waived: string }).waived}`).join('\n')]),
  ].join('\n\n')}\n`;
}
