import { readFileSync } from 'node:fs';
import { parseSync } from '@swc/core';
import { describe, expect, test } from 'vitest';
import { english } from '#/lib/texts/en.ts';
import { listFiles } from '#/scripts/source-files.ts';

/** What people read or hear by a screen reader, as an attribute of an element or a property of a component. */
const spokenNames =
  /^(aria-label|aria-description|aria-roledescription|alt|title|placeholder|hint|text|words)$|Label$|^label$/;

type Node = { type: string } & Record<string, unknown>;

/** The literal texts of a screen's source: what no catalogue could say in another language. */
function literalTexts(source: string): string[] {
  const texts = textsIn(parseSync(source, { syntax: 'typescript', tsx: true }), false);
  return texts.map((text) => text.trim()).filter((text) => /\p{L}{2}/u.test(text));
}

/** `isShown`: what stands here is a child of an element, or an attribute that people read or hear. */
function textsIn(node: unknown, isShown: boolean): string[] {
  if (Array.isArray(node)) return node.flatMap((one) => textsIn(one, isShown));
  if (!isNode(node)) return [];
  switch (node.type) {
    case 'JSXText':
      return [String(node.value)];
    case 'StringLiteral':
      return isShown ? [String(node.value)] : [];
    case 'TemplateElement':
      return isShown ? [String(node.cooked)] : [];
    case 'JSXAttribute':
      return textsIn(node.value, spokenNames.test(attributeName(node.name)));
    case 'JSXElement':
    case 'JSXFragment':
      return [...textsIn(node.opening, false), ...textsIn(node.children, true)];
    case 'ConditionalExpression':
      return [...textsIn(node.test, false), ...textsIn([node.consequent, node.alternate], isShown)];
    // What is handed to a function or looked up is a key; what is compared is shown to nobody.
    case 'CallExpression':
    case 'MemberExpression':
    case 'ArrowFunctionExpression':
      return inside(node, false);
    case 'BinaryExpression':
      return inside(node, isShown && /^(&&|\|\||\?\?)$/.test(String(node.operator)));
    default:
      return inside(node, isShown);
  }
}

function inside(node: Node, isShown: boolean): string[] {
  return Object.values(node).flatMap((one) => textsIn(one, isShown));
}

// The parts of a syntax tree that swc gives are objects, some of them (expressions of a call) without a type.
function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

function attributeName(name: unknown): string {
  const { type, value, namespace, name: local } = Object(name);
  return type === 'JSXNamespacedName' ? `${namespace.value}:${local.value}` : String(value);
}

describe('a text that is written into a screen', () => {
  test('is found wherever it can be read or heard', () => {
    const element = (inside: string) => `export const A = () => ${inside};`;
    for (const inside of [
      '<p>Close</p>',
      '<p>{isOpen ? "Close" : other}</p>',
      '<p>{`Close`}</p>',
      '<p>{isOpen && "Close"}</p>',
      '<button aria-label="Close" />',
      '<Button label={isOpen ? "Close" : null} />',
      '<Composer sendLabel="Close" />',
      '<input placeholder="Close" />',
      '<><b>Close</b></>',
    ]) {
      expect(literalTexts(element(inside))).toContain('Close');
    }
    for (const inside of [
      '<p className="flex grow">{say("panel.close")}</p>',
      '<p className={kind === "reply" ? "one" : "two"}>{name}</p>',
      '<p>{kind === "reply" ? say("panel.close") : null} · #{number}</p>',
      '<Glyph shape="close" label={say(isOpen ? "panel.close" : "panel.title")} />',
    ]) {
      expect(literalTexts(element(inside))).toEqual([]);
    }
  });

  test.each(
    listFiles().filter((path) => /^(components\/(widget|conversation)|app\/widget)\/.*\.tsx$/.test(path)),
  )('there is none in %s', (path) => {
    // "Parley" is a name, the same in every language.
    expect(literalTexts(readFileSync(path, 'utf8')).filter((text) => text !== 'Parley')).toEqual([]);
  });
});

const sides =
  /(?<![\w-])-?(?:m[lr]|p[lr]|left|right|border-[lr]|rounded-[lrtb]?[lr]|scroll-m[lr]|scroll-p[lr])-|text-(?:left|right)(?!\w)|(?:margin|padding|border)-(?:left|right)/;

test('both directions of writing: no part of the frame has a left or a right of its own', () => {
  expect(sides.test('flex ml-2')).toBe(true);
  expect(sides.test('ms-2 pe-4 inset-x-0 text-start -ms-1')).toBe(false);
  const parts = listFiles().filter((path) =>
    /^(components\/(widget|conversation)|app\/widget)\/.*\.(tsx|css)$/.test(path),
  );
  expect(parts.filter((path) => sides.test(readFileSync(path, 'utf8')))).toEqual([]);
});

test('every text is said somewhere', () => {
  const sources = listFiles('components', 'app', 'lib', 'scripts').filter(
    (path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$|^lib\/texts\/[a-z]{2}\.ts$/.test(path),
  );
  const code = sources.map((path) => readFileSync(path, 'utf8')).join('\n');
  const prefixes = [...code.matchAll(/`([a-z]+\.)\$\{/g)].map(([, prefix]) => prefix ?? '');
  const unsaid = Object.keys(english).filter((key) => {
    const base = key.replace(/\.(one|other)$/, '');
    return !code.includes(`'${base}'`) && !prefixes.some((prefix) => key.startsWith(prefix));
  });
  expect(unsaid).toEqual([]);
});
