import { sql } from 'drizzle-orm';
import type { Tx } from '#/db/client.ts';
import { jsonParam } from '#/db/messages.ts';
import { customFields } from '#/db/schema.ts';
import type { CustomField, FieldSubject, FieldType, FieldValue } from '#/lib/custom-fields/schema.ts';

type RawField = {
  id: string;
  subject: FieldSubject;
  key: string;
  label: string;
  type: FieldType;
  options: string[];
  default_value: FieldValue | null;
  position: number;
  is_archived: boolean;
};

const columns = sql`id, subject, key, label, type, to_jsonb(options) as options, default_value, position,
  archived_at is not null as is_archived`;

function fieldOf(row: RawField): CustomField {
  const { id, subject, key, label, type, options, position } = row;
  return {
    id,
    subject,
    key,
    label,
    type,
    options,
    defaultValue: row.default_value,
    position,
    isArchived: row.is_archived,
  };
}

export async function listFields(tx: Tx): Promise<CustomField[]> {
  const rows = await tx.execute<RawField>(
    sql`select ${columns} from ${customFields} order by subject, position, id`,
  );
  return rows.map(fieldOf);
}

/** The field with this key, unless it is archived. */
export async function findField(tx: Tx, subject: FieldSubject, key: string): Promise<CustomField | null> {
  const [row] = await tx.execute<RawField>(sql`
    select ${columns} from ${customFields}
    where ${customFields.subject} = ${subject} and ${customFields.key} = ${key} and archived_at is null`);
  return row === undefined ? null : fieldOf(row);
}

export async function lockField(tx: Tx, id: string): Promise<CustomField | null> {
  const [row] = await tx.execute<RawField>(
    sql`select ${columns} from ${customFields} where ${customFields.id} = ${id} for update`,
  );
  return row === undefined ? null : fieldOf(row);
}

/** At the end of its subject's fields. A taken key surfaces as a violation of `custom_fields_key_unique`. */
export async function insertField(
  tx: Tx,
  field: Omit<CustomField, 'position' | 'isArchived'>,
): Promise<void> {
  await tx.execute(sql`
    insert into ${customFields} (id, subject, key, label, type, options, default_value, position)
    values (${field.id}, ${field.subject}, ${field.key}, ${field.label}, ${field.type},
      array(select jsonb_array_elements_text(${jsonParam(field.options)})), ${jsonParam(field.defaultValue)},
      (select coalesce(max(position), 0) + 1 from ${customFields} where ${customFields.subject} = ${field.subject}))`);
}

export async function updateField(
  tx: Tx,
  field: Pick<CustomField, 'id' | 'label' | 'options' | 'defaultValue' | 'isArchived'>,
): Promise<void> {
  await tx.execute(sql`
    update ${customFields} set label = ${field.label},
      options = array(select jsonb_array_elements_text(${jsonParam(field.options)})),
      default_value = ${jsonParam(field.defaultValue)},
      archived_at = ${field.isArchived ? sql`coalesce(archived_at, now())` : sql`null`}
    where ${customFields.id} = ${field.id}`);
}

/** Those that the list does not name come after those that it does, in the order they had. */
export async function orderFields(tx: Tx, subject: FieldSubject, ids: readonly string[]): Promise<void> {
  await tx.execute(sql`
    update ${customFields} set position = ordered.place from (
      select field.id, row_number() over (order by named.place nulls last, field.position, field.id) as place
      from ${customFields} field
      left join unnest((select ${`{${ids.join(',')}}`}::uuid[])::uuid[]) with ordinality named(id, place)
        on named.id = field.id
      where field.subject = ${subject}) ordered
    where ${customFields.id} = ordered.id`);
}
