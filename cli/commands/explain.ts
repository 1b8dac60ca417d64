import { rulePages } from '#reports/pages';
import { BadInput } from '#traces/fault';
import { oneLine } from '#traces/text';
import { exitCodes } from '#cli/exit';
import { kernelOf } from '#cli/kernel';

/** Prints a rule's page: what it says and who says it, who implements it, and what would break it. */
export async function explain(slug: string): Promise<number> {
  const bundle = await kernelOf(slug.split('/')[0] ?? '');
  if (bundle.suite.rules[slug] === undefined) {
    const near = Object.keys(bundle.suite.rules).filter((rule) => slug.split(/[/-]/).slice(1).some((word) => word.length > 3 && rule.includes(word)));
    throw new BadInput(`there is no rule ${oneLine(slug)}${near.length > 0 ? `; did you mean ${near.slice(0, 5).join(', ')}?` : ''}`);
  }
  const { pages } = await rulePages(bundle);
  process.stdout.write(pages.get(slug)!);
  return exitCodes.holds;
}
