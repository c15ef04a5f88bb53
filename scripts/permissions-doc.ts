import { fileURLToPath } from 'node:url';
import { type Filter, operations, policy, roles } from '#/lib/permissions/policy.ts';
import { writeOrCheck } from '#/scripts/written-file.ts';

/** Writes docs/permissions.md from the policy. With `--check` it writes nothing and fails when the file is stale. */

const fieldClaims: Record<string, string> = {
  customerId: 'the customer’s own',
  agentId: 'their own',
  widgetId: 'of the widget they came through',
  departmentId: 'of their department',
  assigneeId: 'assigned to them',
  departmentIsRestricted: 'in a restricted department',
  isShared: 'everybody’s',
};

/** The matrix in Markdown, one row per operation. */
export function renderPermissions(): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const lines = operations.map((operation) =>
    row([`\`${operation}\``, ...roles.map((role) => inWords(policy[operation][role] ?? 'never'))]),
  );
  const visible = inWords(policy['ticket.read'].agent ?? 'never');
  return `# Who may do what

Written by \`scripts/permissions-doc.ts\` from \`lib/permissions/policy.ts\`; \`npm test\` fails when the two differ.
A dash is a refusal: \`not_found\` where the actor may not know of the record, else \`forbidden\`.

- *message* is the public part of a conversation, *note* everything in it that only staff see.
- A ticket is *visible* to an agent when it is ${visible}.
- A *robot* is an api key of all departments, a *department_robot* one of a single department: it sees that one's tickets
  with what hangs on them, and a customer counts as its department's while that holds a ticket of theirs. What a key may
  do is the less of this table and its scopes (\`docs/api-keys.md\`). No robot makes or touches an admin.
- A deactivated agent, a revoked or expired key, a revoked session and a blocked customer are nobody: they never become
  an actor.
- The same rules decide pages, actions, routes, channels, lists, counts and search: \`lib/permissions/can.ts\` on a
  record, \`db/scope.ts\` in SQL. Under them, row-level security shows the customers' role that customer's public rows
  and nothing else.

${row(['', ...roles])}
${row(['---', ...roles.map(() => '---')])}
${lines.join('\n').replaceAll(visible, '*visible*')}
`;
}

function inWords(filter: Filter): string {
  if (filter === 'always') return 'yes';
  if (filter === 'never') return '–';
  if ('any' in filter) return filter.any.map(inWords).join(', or ');
  if ('all' in filter) return filter.all.map(inWords).join(' and ');
  const claim = fieldClaims[filter.field] ?? filter.field;
  return 'is' in filter && !filter.is ? `not ${claim}` : claim;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeOrCheck('docs/permissions.md', renderPermissions(), 'scripts/permissions-doc.ts');
}
