import { describe, expect, test } from 'vitest';
import { paper } from '#spec/paper';
import { paperSentences } from '#spec/sentences';

const listed = new Map(paperSentences.map((sentence) => [sentence.id, sentence]));
const isListed = (section: string) => paperSentences.some((sentence) => sentence.section === section);
const spoken = new Set(paper.flatMap(({ sentences = [] }) => sentences));

describe('the sentences of the paper', () => {
  test('that claim something have an entry each', () => {
    const silent = paperSentences.filter(({ claimsNothing, id }) => claimsNothing === null && !spoken.has(id));
    expect(silent.map(({ id, opens }) => `${id} ${opens}`)).toEqual([]);
  });

  test('that claim nothing say why, and have none', () => {
    for (const { claimsNothing, id } of paperSentences.filter((sentence) => sentence.claimsNothing !== null)) {
      expect(claimsNothing!.length, id).toBeGreaterThan(15);
      expect(spoken.has(id), id).toBe(false);
    }
  });

  test('are listed from the first to the last of each section, and found by a few words', () => {
    const sections = [...new Set(paperSentences.map(({ section }) => section))];
    const counts = sections.map((section) => [section, paperSentences.filter((one) => one.section === section).length]);
    expect(counts).toEqual([['2', 14], ['3', 13], ['7', 3], ['7.1', 6], ['7.2', 6], ['7.3', 5], ['7.4', 9], ['7.5', 7]]);
    for (const { opens, id } of paperSentences) expect(opens.split(' ').length, id).toBeLessThanOrEqual(5);
  });
});

describe('the statements of these sections', () => {
  test('say which sentences they are about, of their own section', () => {
    for (const { id, section, sentences = [] } of paper.filter((statement) => isListed(statement.section))) {
      expect(sentences.length, id).toBeGreaterThan(0);
      for (const sentence of sentences) expect(listed.get(sentence)?.section, `${id} ${sentence}`).toBe(section);
    }
  });

  test('give a reason for every verdict', () => {
    expect(paper.filter(({ because }) => because.length < 20).map(({ id }) => id)).toEqual([]);
  });
});
