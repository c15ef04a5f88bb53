import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectDir } from './source-files.ts';

/** WCAG 2.2, levels A and AA: 4.1.1 is no criterion any more. */
const criteria =
  '1.1.1 1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.3.3 1.3.4 1.3.5 1.4.1 1.4.2 1.4.3 1.4.4 1.4.5 1.4.10 1.4.11 1.4.12 1.4.13 2.1.1 2.1.2 2.1.4 2.2.1 2.2.2 2.3.1 2.4.1 2.4.2 2.4.3 2.4.4 2.4.5 2.4.6 2.4.7 2.4.11 2.5.1 2.5.2 2.5.3 2.5.4 2.5.7 2.5.8 3.1.1 3.1.2 3.2.1 3.2.2 3.2.3 3.2.4 3.2.6 3.3.1 3.3.2 3.3.3 3.3.4 3.3.7 3.3.8 4.1.2 4.1.3'.split(
    ' ',
  );

const document = readFileSync(join(projectDir, 'docs/accessibility.md'), 'utf8');
const rows = document
  .split('\n')
  .filter((line) => line.startsWith('|') && !/^\|[-|]+\|$/.test(line))
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
const namedTests = rows
  .filter((cells) => cells.length === 3 && cells[0] !== 'name')
  .map(([name = '', file = '', title = '']) => ({ name, file: file.replaceAll('`', ''), title }));
const stated = rows
  .filter((cells) => cells.length === 5 && cells[0] !== 'criterion')
  .map(([criterion = '', level = '', result = '', how = '', by = '']) => ({
    number: criterion.split(' ')[0] ?? '',
    level,
    result,
    how,
    shownBy: by === '' ? [] : by.split(', '),
  }));

describe('the statement on accessibility', () => {
  test('speaks of every criterion of WCAG 2.2 A and AA, each once', () => {
    expect(stated.map(({ number }) => number)).toEqual(criteria);
    expect(stated.filter(({ level }) => level !== 'A' && level !== 'AA')).toEqual([]);
    expect(stated.filter(({ level }) => level === 'A')).toHaveLength(31);
  });

  test('says of each how, and names a test for whatever it claims', () => {
    for (const { number, result, how, shownBy } of stated) {
      expect(['supports', 'partly', 'not applicable'], number).toContain(result);
      expect(how, number).not.toBe('');
      if (result === 'not applicable') expect(shownBy, number).toEqual([]);
      else expect(shownBy.length, number).toBeGreaterThan(0);
    }
  });

  test('names only tests that exist, and each of them somewhere', () => {
    const names = namedTests.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect([...new Set(stated.flatMap(({ shownBy }) => shownBy))].toSorted()).toEqual(names.toSorted());
    for (const { file, title } of namedTests) {
      const path = join(projectDir, file);
      expect(existsSync(path), file).toBe(true);
      expect(readFileSync(path, 'utf8'), title).toContain(title);
    }
  });
});
