import type { StagedRecord } from '#/db/transfer/staging.ts';
import type { ImportSource } from '#/lib/transfer/import.ts';
import { readObjects } from '#/lib/transfer/object-stream.ts';
import {
  type Converted,
  convertJoin,
  convertObject,
  kindOfClass,
  type ParseAgents,
  type ParseKind,
  type ParseObject,
  type ParseWords,
  parseFieldOf,
} from '#/lib/transfer/parse-classes.ts';
import { pointerOf, textOf } from '#/lib/transfer/parse-values.ts';
import { type Piece, parsePiece } from '#/lib/transfer/pieces.ts';
import { type Problem, sentenceOfPiece } from '#/lib/transfer/problems.ts';
import { parseTransferRecord } from '#/lib/transfer/records.ts';

/** One class of a Parse export, or one of its relations (`_Join:participants:Conversation`). */
export type DumpFile = { className: string; fileName: string; open(): AsyncIterable<Uint8Array> };

/** What of a dump was not taken over: classes and fields, and how often. */
export type LeftOut = ReadonlyMap<string, number>;

const relationPattern = /^_Join[:_](\w+)[:_](\w+)$/;
const agentRoles = /agent|support|admin|staff/i;
/** Places of a message whose conversation a relation names. */
const laterId = '00000000-0000-4000-8000-000000000000';

/**
 * The files of a dump as a source of records. Who the agents are is read first, as a pointer to a user does not say; of
 * everything else one object is held at a time.
 */
export async function parseDumpSource(
  name: string,
  files: readonly DumpFile[],
  words: ParseWords,
): Promise<ImportSource & { leftOut: LeftOut }> {
  const agents = await findAgents(files, words);
  const readable = files.filter(({ className }) => isRead(className, words));
  const leftOut = new Map<string, number>();
  let cut: Problem[] = [];
  return {
    name: `parse ${name} ${JSON.stringify(words)}`,
    leftOut,
    async *read() {
      cut = [];
      leftOut.clear();
      for (const { className } of files) if (!isKnown(className, words)) leftOut.set(`class ${className}`, 1);
      for (const [source, { open }] of readable.entries()) {
        let number = 0;
        const onEnd = (isWhole: boolean) => {
          if (!isWhole)
            cut.push({ source, number, field: null, what: 'is the last of a file that has no end' });
        };
        for await (const piece of readObjects(open(), source, onEnd)) {
          number = piece.number;
          yield piece;
        }
      }
    },
    parse(piece) {
      const found = parsePiece(piece);
      if (found === 'blank') return { records: [], problems: [] };
      const at = { source: piece.source, number: piece.number };
      if ('problem' in found) {
        return { records: [], problems: [{ ...at, field: null, what: sentenceOfPiece(found.problem) }] };
      }
      const className = readable[piece.source]?.className ?? '';
      const converted = convert(className, found.value, agents, words);
      for (const field of converted.leftOut) {
        const label = `${className}.${field}`;
        leftOut.set(label, (leftOut.get(label) ?? 0) + 1);
      }
      return stagedOf(converted, at);
    },
    finish: () => cut,
    isOwnExport: () => false,
    placeOf: (source, number) => `${readable[source]?.fileName ?? ''}, object ${number}`,
    fieldOf: (field) => parseFieldOf[field] ?? field,
  };
}

function isRead(className: string, words: ParseWords): boolean {
  return kindOfClass(className, words) !== undefined || relationOf(className, words) !== null;
}

/** Of these nobody needs to be told that they stay behind. */
const silentClasses = new Set(['_Session', '_Role', '_Installation', 'TypingStatus']);
function isKnown(className: string, words: ParseWords): boolean {
  return isRead(className, words) || silentClasses.has(className) || rolesOfRelation(className);
}

const rolesOfRelation = (className: string) => /^_Join[:_](users|roles)[:_]_Role$/.test(className);

/** Who takes part in a conversation, or what was written in it. */
function relationOf(className: string, words: ParseWords): 'participants' | 'messages' | null {
  const [, field, owner = ''] = relationPattern.exec(className) ?? [];
  if (kindOfClass(owner, words) !== 'Conversation') return null;
  return field === 'participants' || field === 'messages' ? field : null;
}

function convert(className: string, object: ParseObject, agents: ParseAgents, words: ParseWords): Converted {
  const relation = relationOf(className, words);
  if (relation !== null) return convertJoin(relation, object, { agents, words });
  const kind: ParseKind = kindOfClass(className, words) ?? 'Customer';
  return convertObject(kind, object, agents, words);
}

function stagedOf(
  converted: Converted,
  at: { source: number; number: number },
): { records: StagedRecord[]; problems: Problem[] } {
  if (converted.problem !== null) return { records: [], problems: [{ ...at, ...converted.problem }] };
  const records: StagedRecord[] = converted.aliases.map((alias) => ({ ...alias, ...at, record: {} }));
  for (const { noun, record } of converted.records) {
    const isLinked = noun === 'message' && record.conversationId === undefined;
    const parsed = parseTransferRecord(noun, isLinked ? { ...record, conversationId: laterId } : record, at);
    if ('problem' in parsed) {
      const { field } = parsed.problem;
      const named = field === null ? null : (parseFieldOf[field] ?? field);
      return { records: [], problems: [{ ...parsed.problem, field: named }] };
    }
    records.push(isLinked ? unplaced(parsed.record) : parsed.record);
  }
  return { records, problems: [] };
}

function unplaced(staged: StagedRecord): StagedRecord {
  const { conversationId: _, ...record } = staged.record;
  return { ...staged, parent: null, record };
}

/** Agents are few: they and their users are held while everything else passes by. */
async function findAgents(files: readonly DumpFile[], words: ParseWords): Promise<ParseAgents> {
  const agents = new Set<string>();
  const users = new Map<string, string | null>();
  const ofKind = (kind: ParseKind) => files.filter(({ className }) => kindOfClass(className, words) === kind);
  const roles = new Set<string>();
  await eachObject(
    files.filter(({ className }) => className === '_Role'),
    (role) => {
      const objectId = textOf(role.objectId);
      if (objectId !== undefined && agentRoles.test(textOf(role.name) ?? '')) roles.add(objectId);
    },
  );
  await eachObject(
    files.filter(({ className }) => /^_Join[:_]users[:_]_Role$/.test(className)),
    (row) => {
      const [owning, related] = [textOf(row.owningId), textOf(row.relatedId)];
      if (owning !== undefined && related !== undefined && roles.has(owning)) users.set(related, null);
    },
  );
  await eachObject(ofKind('Agent'), (agent) => {
    const objectId = textOf(agent.objectId);
    if (objectId === undefined) return;
    agents.add(objectId);
    const user = pointerOf(agent.user);
    if (user !== undefined) users.set(user.objectId, objectId);
  });
  const contacts = new Map<string, { name: string | undefined; email: string | undefined }>();
  await eachObject(users.size === 0 ? [] : ofKind('_User'), (user) => {
    const objectId = textOf(user.objectId);
    if (objectId === undefined || !users.has(objectId)) return;
    contacts.set(objectId, { name: textOf(user.name) ?? textOf(user.username), email: textOf(user.email) });
  });
  return {
    agents,
    users,
    contacts,
    hasCustomers: ofKind('Customer').length > 0,
    linksMessages: files.some(({ className }) => relationOf(className, words) === 'messages'),
  };
}

/** What cannot be read is named when its turn comes. */
async function eachObject(files: readonly DumpFile[], visit: (object: ParseObject) => void): Promise<void> {
  for (const { open } of files) {
    for await (const piece of readObjects(open(), 0)) visitPiece(piece, visit);
  }
}

function visitPiece(piece: Piece, visit: (object: ParseObject) => void): void {
  const found = parsePiece(piece);
  if (found !== 'blank' && 'value' in found) visit(found.value);
}
