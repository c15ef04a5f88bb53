import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { read, transact } from '#/db/client.ts';
import { type TestDatabase, testDatabase } from '#/db/testing.ts';
import type { Widget } from '#/db/widgets.ts';
import { getWidgetState, startConversation, startTicket } from '#/lib/conversations/service.ts';
import { createField } from '#/lib/custom-fields/service.ts';
import { blockCustomer, changeCustomer, findCustomerByToken, refusalAsNow } from '#/lib/customers/service.ts';
import { RefusedError } from '#/lib/errors.ts';
import {
  checkToken,
  createSecret,
  identify,
  listSecrets,
  revokeSecret,
  setAttributes,
  track,
} from '#/lib/identity/service.ts';
import { newId, newToken } from '#/lib/ids.ts';
import { markRead, sendMessage, writeNote } from '#/lib/messages/service.ts';
import type { AgentActor, CustomerActor } from '#/lib/permissions/actor.ts';
import { type Conversing, makeAgent, makeConversation, makeWidget, signToken } from '#/lib/testing.ts';
import { getTicket, listTimeline } from '#/lib/tickets/service.ts';
import { createWidget } from '#/lib/widgets/service.ts';

let database: TestDatabase;
let widget: Widget;
let agent: AgentActor;
let admin: AgentActor;
let secret: string;

beforeAll(async () => {
  database = await testDatabase();
  widget = await makeWidget();
  agent = await makeAgent();
  admin = await makeAgent('admin');
  secret = (await createSecret(admin, { widgetId: widget.id, id: newId() })).value.secret;
});
afterAll(() => database.close());

const signed = (claims: Record<string, unknown>, key = secret) => signToken(widget.key, key, claims);
function claimsOf(sub: string, more: Record<string, unknown> = {}) {
  const exp = Math.floor(Date.now() / 1000) + 600;
  return { aud: widget.key, sub, exp, jti: newId(), ...more };
}
const visitor = () => ({ kind: 'visitor', widgetId: widget.id }) as const;
const asking = (token: string, held: string | null = null, next = newToken()) => ({
  ...{ widgetKey: widget.key, origin: null, token, held, next, locale: 'de', timezone: 'Europe/Berlin' },
});
/** Signs in as the site's `sub` and answers what came of it, with the session's actor. */
async function signIn(sub: string, held: string | null = null, more: Record<string, unknown> = {}) {
  const input = asking(signed(claimsOf(sub, more)), held);
  const { value, events } = await identify(visitor(), input);
  const token = value.session === 'next' ? input.next : (held ?? '');
  const customer = await findCustomerByToken(token);
  if (customer === null) throw new Error('signed in without a session');
  return { ...value, events, token, customer };
}
const idsOf = async (customer: CustomerActor) =>
  (await getWidgetState(customer)).conversations.map(({ id }) => id).toSorted();
const refusedWith = (reason: string) => ({ failure: { code: 'forbidden', reason: `identity_${reason}` } });

describe('a visitor who signs in', () => {
  test('keeps what they wrote as the person: log, marks and unread as they were, under another name', async () => {
    const before = await makeConversation(widget, 'Where is my parcel?');
    await sendMessage(agent, { conversationId: before.conversationId, id: newId(), text: 'On its way' });
    await setAttributes(before.customer, { attributes: { cart: 3, plan: 'gold', email: 'typed@shop.test' } });
    const state = await getWidgetState(before.customer);
    const sub = newId();
    const person = await signIn(sub, before.token, { name: 'Ada', attributes: { plan: 'free' } });
    expect(person).toMatchObject({ session: 'next', joins: true });
    const after = await getWidgetState(person.customer);
    expect(after.conversations).toEqual(state.conversations);
    expect(after.page?.entries.map(({ order, text }) => [order, text])).toEqual(
      state.page?.entries.map(({ order, text }) => [order, text]),
    );
    expect(after.page?.entries[0]?.sender).toEqual({ kind: 'customer', id: person.customerId, name: 'Ada' });
    const { customer, ticket } = await getTicket(agent, before.ticketId);
    expect(customer).toMatchObject({ isVerified: true, name: 'Ada', email: 'typed@shop.test' });
    expect(customer.attributes).toEqual({ cart: 3, plan: 'free' });
    expect(ticket.customer.id).toBe(person.customerId);
  });

  test('changes nothing that staff see of the log but whose it is, and is found under the new name', async () => {
    const before = await makeConversation(widget, 'Is it late?');
    const { conversationId, ticketId } = before;
    await writeNote(agent, { conversationId, id: newId(), text: 'Check the carrier' });
    await sendMessage(agent, { conversationId, id: newId(), text: 'We look' });
    await markRead(before.customer, { conversationId, through: 2 });
    const seen = async () => {
      const { page, marks: all, ticket } = await getTicket(agent, ticketId);
      const marks = all.toSorted((a, b) => a.through - b.through);
      const entries = page.entries.map(({ sender, ...entry }) => ({ ...entry, by: sender.kind }));
      return { entries, marks: marks.map(({ through, at }) => ({ through, at })), status: ticket.status };
    };
    const shown = await seen();
    const { customerId } = await signIn(newId(), before.token, { name: 'Wilhelmina Quartermain' });
    expect(await seen()).toEqual(shown);
    const { page, marks } = await getTicket(agent, ticketId);
    expect(page.entries[0]?.sender).toEqual({
      kind: 'customer',
      id: customerId,
      name: 'Wilhelmina Quartermain',
    });
    expect(marks.filter(({ reader }) => reader.kind === 'customer').map(({ reader }) => reader.id)).toEqual([
      customerId,
    ]);
    const found = await read((tx) =>
      tx.execute(
        sql`select 1 from search_tickets where ticket_id = ${ticketId} and words @@ 'quartermain'::tsquery`,
      ),
    );
    expect(found).toHaveLength(1);
  });

  test('with thousands of messages is done in a moment', async () => {
    const before = await makeConversation(widget);
    await transact((tx) =>
      tx.execute(sql`
        with added as (
          insert into messages (conversation_id, seq, public_seq, id, kind, customer_id, text)
          select ${before.conversationId}::uuid, n, n, gen_random_uuid(), 'reply', ${before.customer.id}::uuid,
            'Message number ' || n || ' about a parcel that is late'
          from generate_series(2, 5000) n)
        update conversations set last_seq = 5000, last_public_seq = 5000 where id = ${before.conversationId}`),
    );
    const startedAtMs = performance.now();
    const person = await signIn(newId(), before.token);
    expect(performance.now() - startedAtMs).toBeLessThan(10_000);
    expect((await getWidgetState(person.customer)).page?.head).toBe(5000);
    await expectNothingLeft(before.customer.id);
  });

  test('has a session that nobody knew before: the visitor’s token opens nothing any more', async () => {
    const before = await makeConversation(widget);
    const { events, token } = await signIn(newId(), before.token);
    expect(token).not.toBe(before.token);
    expect(await findCustomerByToken(before.token)).toBeNull();
    expect(events.filter(({ type }) => type === 'session.revoked').map(({ subjectId }) => subjectId)).toEqual(
      [before.customer.sessionId],
    );
    const input = { ...start(), sessionToken: before.token };
    await expect(startConversation(visitor(), input)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('is told of to the lists and in the timeline of each conversation that changed hands', async () => {
    const before = await makeConversation(widget);
    const { ticketId: second } = await startTicketOf(before.customer);
    const { events, customerId } = await signIn(newId(), before.token);
    const merged = events.filter(({ type }) => type === 'customer.merged');
    expect(merged.map(({ ticketId }) => ticketId).toSorted()).toEqual([before.ticketId, second].toSorted());
    const [newest] = await listTimeline(agent, second);
    expect(newest).toMatchObject({
      type: 'customer.merged',
      before: { customerId: before.customer.id },
      after: { customerId },
    });
  });

  test('is the same person in every browser, with all of their conversations', async () => {
    const sub = newId();
    const [first, second] = [await makeConversation(widget), await makeConversation(widget)];
    const here = await signIn(sub, first.token);
    const there = await signIn(sub, second.token);
    expect(there.customerId).toBe(here.customerId);
    const both = [first.conversationId, second.conversationId].toSorted();
    expect([await idsOf(here.customer), await idsOf(there.customer)]).toEqual([both, both]);
    expect((await signIn(sub)).customerId).toBe(here.customerId);
  });

  test('is nobody else for having the same address', async () => {
    const email = 'ada@shop.test';
    const [one, other] = [await signIn(newId(), null, { email }), await signIn(newId(), null, { email })];
    expect(one.customerId).not.toBe(other.customerId);
    const typed = await makeConversation(widget);
    await setAttributes(typed.customer, { attributes: { email } });
    const third = await signIn(newId(), typed.token, { email });
    expect(await idsOf(one.customer)).toEqual([]);
    expect(await idsOf(third.customer)).toEqual([typed.conversationId]);
  });

  test('never becomes part of another verified person: that one’s session ends, and nothing moves', async () => {
    const ada = await signIn(newId(), (await makeConversation(widget)).token);
    const hers = await idsOf(ada.customer);
    const ben = await signIn(newId(), ada.token);
    expect(ben.joins).toBe(false);
    expect(ben.customerId).not.toBe(ada.customerId);
    expect(await idsOf(ben.customer)).toEqual([]);
    expect(await findCustomerByToken(ada.token)).toBeNull();
    expect(await idsOf(ada.customer)).toEqual(hers);
  });

  test('of another site with the same id is another person', async () => {
    const sub = newId();
    const here = await signIn(sub, (await makeConversation(widget)).token);
    const other = await makeOtherWidget();
    const claims = { ...claimsOf(sub), aud: other.key };
    const input = { ...asking(signed(claims, other.secret)), widgetKey: other.key };
    const { value } = await identify({ kind: 'visitor', widgetId: other.id }, input);
    expect(value.customerId).not.toBe(here.customerId);
  });

  test('with a session of another site leaves that one as it is', async () => {
    const other = await makeOtherWidget();
    const elsewhere = await makeConversation(other);
    const person = await signIn(newId(), elsewhere.token);
    expect(person.joins).toBe(false);
    expect(await findCustomerByToken(elsewhere.token)).toMatchObject({ id: elsewhere.customer.id });
    expect(await idsOf(person.customer)).toEqual([]);
  });

  test('and was blocked as a visitor leaves that conversation behind; a blocked person is not let in', async () => {
    const before = await makeConversation(widget);
    await blockCustomer(agent, { customerId: before.customer.id, isBlocked: true });
    const person = await signIn(newId(), before.token);
    expect(person.joins).toBe(false);
    expect(await idsOf(person.customer)).toEqual([]);
    const sub = newId();
    const known = await signIn(sub);
    await blockCustomer(agent, { customerId: known.customerId, isBlocked: true });
    await expect(signIn(sub)).rejects.toMatchObject({ failure: { code: 'forbidden', reason: 'blocked' } });
    await blockCustomer(agent, { customerId: known.customerId, isBlocked: false });
    expect((await signIn(sub)).customerId).toBe(known.customerId);
  });

  test('has an end to their session that each signing in moves, and a new session when it is a day old', async () => {
    const sub = newId();
    const first = await signIn(sub);
    expect(first.livesMs).toBe(24 * 3_600_000);
    const again = await signIn(sub, first.token);
    expect([again.session, again.joins, again.token]).toEqual(['held', true, first.token]);
    await transact((tx) =>
      tx.execute(sql`
        update customer_sessions set created_at = now() - interval '25 hours' where id = ${first.customer.sessionId}`),
    );
    const renewed = await signIn(sub, first.token);
    expect([renewed.session, renewed.joins]).toEqual(['next', true]);
    expect(await findCustomerByToken(first.token)).toBeNull();
  });

  test('and whose session was over joins what it left unsent all the same, and nobody else does', async () => {
    const sub = newId();
    const person = await signIn(sub);
    await transact((tx) =>
      tx.execute(
        sql`update customer_sessions set expires_at = now() where id = ${person.customer.sessionId}`,
      ),
    );
    expect(await signIn(newId(), person.token)).toMatchObject({ joins: false });
    expect(await signIn(sub, person.token)).toMatchObject({ joins: true, session: 'next' });
  });
});

describe('a token', () => {
  test('signs in once; asked again for a lost answer it says the same, to the same browser alone', async () => {
    const before = await makeConversation(widget);
    const input = asking(signed(claimsOf(newId())), before.token);
    const { value } = await identify(visitor(), input);
    const again = await identify(visitor(), input);
    expect(again).toEqual({ value: { ...value, livesMs: again.value.livesMs }, events: [] });
    expect(Math.abs(value.livesMs - again.value.livesMs)).toBeLessThan(60_000);
    const stolen = { ...input, held: null, next: newToken() };
    await expect(identify(visitor(), stolen)).rejects.toMatchObject(refusedWith('jti_used'));
    // A page that comes back from the browser's memory shows its token again.
    const back = await identify(visitor(), { ...input, held: input.next, next: newToken() });
    expect(back.value).toMatchObject({ customerId: value.customerId, session: 'held', joins: true });
    const other = (await makeConversation(widget)).token;
    const foreign = { ...input, held: other, next: newToken() };
    await expect(identify(visitor(), foreign)).rejects.toMatchObject(refusedWith('jti_used'));
    expect(await findCustomerByToken(other)).not.toBeNull();
  });

  test('used by two at once lets one in', async () => {
    const token = signed(claimsOf(newId()));
    const settled = await Promise.allSettled(
      Array.from({ length: 6 }, () => identify(visitor(), asking(token))),
    );
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const each of settled) {
      if (each.status === 'rejected') expect(each.reason).toMatchObject(refusedWith('jti_used'));
    }
  });

  test('of a widget without a secret, or signed with one that is revoked, is refused, and says no more', async () => {
    const other = await makeOtherWidget();
    const claims = { ...claimsOf(newId()), aud: other.key };
    const asked = () => ({
      ...asking(signed({ ...claims, jti: newId() }, other.secret)),
      widgetKey: other.key,
    });
    const whoever = { kind: 'visitor', widgetId: other.id } as const;
    await identify(whoever, asked());
    const [made] = await listSecrets(admin, other.id);
    await revokeSecret(admin, { widgetId: other.id, secretId: made?.id ?? '' });
    await expect(identify(whoever, asked())).rejects.toMatchObject(refusedWith('signature_wrong'));
  });

  test('for the next session of somebody else is refused without a word of them', async () => {
    const theirs = await makeConversation(widget);
    const input = asking(signed(claimsOf(newId())), null, theirs.token);
    await expect(identify(visitor(), input)).rejects.toMatchObject({
      failure: { code: 'invalid', field: 'next' },
    });
    const same = asking(signed(claimsOf(newId())), theirs.token, theirs.token);
    await expect(identify(visitor(), same)).rejects.toMatchObject({ code: 'invalid' });
    expect(await findCustomerByToken(theirs.token)).not.toBeNull();
  });
});

describe('at the same time', () => {
  test('a first message that is on its way ends with the person, once, whoever comes first', async () => {
    for (let round = 0; round < 12; round++) {
      const [first, held, sub] = [start(), newToken(), newId()];
      const [started, signedIn] = await Promise.allSettled([
        startConversation(visitor(), { ...first, sessionToken: held }),
        signIn(sub, held),
      ]);
      if (signedIn.status === 'rejected') throw signedIn.reason;
      const person = signedIn.value;
      expect(person.joins).toBe(true);
      // The browser sends what was refused again, with the same ids, as the person.
      if (started.status === 'rejected') {
        expect(started.reason).toMatchObject({ code: 'unauthenticated' });
      }
      const again = await startTicket(person.customer, first);
      expect(again.value.entry.id).toBe(first.id);
      expect(await idsOf(person.customer)).toEqual([first.conversationId]);
      expect(await countEntries(first.conversationId)).toBe(1);
    }
  });

  test('messages, further conversations and details of the visitor are the person’s, or refused as signed out', async () => {
    for (let round = 0; round < 8; round++) {
      const before = await makeConversation(widget);
      const further = start();
      const message = { conversationId: before.conversationId, id: newId(), text: 'And?' };
      const settle = async (act: Promise<unknown>) => {
        try {
          await act;
          return 'done';
        } catch (error) {
          const refusal = await refusalAsNow(before.customer, error);
          expect(refusal).toMatchObject({ code: 'unauthenticated' });
          return 'out';
        }
      };
      const [sent, begun, , , person] = await Promise.all([
        settle(sendMessage(before.customer, message)),
        settle(startTicket(before.customer, further)),
        settle(setAttributes(before.customer, { attributes: { round } })),
        settle(track(before.customer, did('Looked'))),
        signIn(newId(), before.token),
      ]);
      const ids = [before.conversationId, ...(begun === 'done' ? [further.conversationId] : [])];
      expect(await idsOf(person.customer)).toEqual(ids.toSorted());
      expect(await countEntries(before.conversationId)).toBe(sent === 'done' ? 2 : 1);
      await expectNothingLeft(before.customer.id);
    }
  });

  test('two browsers of one person sign in, and both conversations are theirs', async () => {
    for (let round = 0; round < 8; round++) {
      const sub = newId();
      const [a, b] = [await makeConversation(widget), await makeConversation(widget)];
      const [here, there] = await Promise.all([signIn(sub, a.token), signIn(sub, b.token)]);
      expect(here.customerId).toBe(there.customerId);
      expect(await idsOf(here.customer)).toEqual([a.conversationId, b.conversationId].toSorted());
    }
  });

  test('two people sign in with one visitor’s session: one gets the conversation, and the other nothing', async () => {
    for (let round = 0; round < 8; round++) {
      const before = await makeConversation(widget);
      const people = await Promise.all([signIn(newId(), before.token), signIn(newId(), before.token)]);
      const ids = await Promise.all(people.map(({ customer }) => idsOf(customer)));
      expect(ids.toSorted((a, b) => a.length - b.length)).toEqual([[], [before.conversationId]]);
      expect(people.filter(({ joins }) => joins)).toHaveLength(1);
    }
  });

  test('blocking the visitor and signing in both end well', async () => {
    for (let round = 0; round < 6; round++) {
      const before = await makeConversation(widget);
      const [, person] = await Promise.all([
        blockCustomer(agent, { customerId: before.customer.id, isBlocked: true }).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'not_found' });
        }),
        signIn(newId(), before.token),
      ]);
      const { customer } = await getTicket(agent, before.ticketId);
      const isMoved = customer.id === person.customerId;
      expect([isMoved, customer.isBlocked]).toEqual(isMoved ? [true, false] : [false, true]);
    }
  });

  test('an agent’s edits, notes and replies stand', async () => {
    for (let round = 0; round < 6; round++) {
      const before = await makeConversation(widget);
      const change = { field: 'phone', to: '+49301234' } as const;
      const [, , person] = await Promise.all([
        sendMessage(agent, { conversationId: before.conversationId, id: newId(), text: 'Hello' }),
        changeCustomer(agent, { customerId: before.customer.id, change }).catch((error: unknown) =>
          expect(error).toMatchObject({ code: 'not_found' }),
        ),
        signIn(newId(), before.token),
      ]);
      expect(await countEntries(before.conversationId)).toBe(2);
      expect((await getWidgetState(person.customer)).conversations[0]?.unreadCount).toBe(1);
    }
  });
});

describe('what a page says of its customer', () => {
  test('is kept by its key, typed by the custom fields, and the same again changes nothing', async () => {
    const field = { id: newId(), subject: 'customer', key: 'seats', label: 'Seats', type: 'number' } as const;
    await createField(admin, { ...field, options: [], defaultValue: null });
    const { customer, ticketId } = await makeConversation(widget);
    const said = { attributes: { seats: 5, cart: 'full', name: ' Ada  L. ', phone: '+49 30 1234' } };
    const { events } = await setAttributes(customer, said);
    expect(events.map(({ type }) => type)).toEqual(['customer.changed']);
    expect((await setAttributes(customer, said)).events).toEqual([]);
    const detail = (await getTicket(agent, ticketId)).customer;
    expect(detail).toMatchObject({ name: 'Ada L.', phone: '+49301234', isVerified: false, signedKeys: [] });
    expect(detail.attributes).toEqual({ seats: 5, cart: 'full' });
    const wrong = setAttributes(customer, { attributes: { seats: 'five', cart: 'empty' } });
    await expect(wrong).rejects.toMatchObject({
      failure: { code: 'invalid', field: 'attributes.seats', reason: 'value_not_number' },
    });
    await setAttributes(customer, { attributes: { cart: null } });
    expect((await getTicket(agent, ticketId)).customer.attributes).toEqual({ seats: 5 });
  });

  test('says nothing against what the site signed, until the site takes it back or an agent corrects it', async () => {
    const sub = newId();
    const before = await makeConversation(widget);
    const signedSays = { email: 'ada@shop.test', attributes: { plan: 'free', trial: true } };
    const { customer, token } = await signIn(sub, before.token, signedSays);
    const { value } = await setAttributes(customer, {
      attributes: { plan: 'gold', email: 'x@shop.test', other: 1 },
    });
    expect(value.kept.toSorted()).toEqual(['email', 'plan']);
    const detail = async () => (await getTicket(agent, before.ticketId)).customer;
    expect(await detail()).toMatchObject({
      email: 'ada@shop.test',
      attributes: { plan: 'free', trial: true, other: 1 },
    });
    expect((await detail()).signedKeys.toSorted()).toEqual(['email', 'plan', 'trial']);
    await signIn(sub, token, { attributes: { trial: null } });
    const change = { field: 'attributes', key: 'plan', to: 'silver' } as const;
    await changeCustomer(agent, { customerId: customer.id, change });
    expect(await detail()).toMatchObject({ signedKeys: ['email'], attributes: { plan: 'silver', other: 1 } });
    await setAttributes(customer, { attributes: { plan: 'gold', trial: false } });
    expect((await detail()).attributes).toEqual({ plan: 'gold', trial: false, other: 1 });
  });

  test('is bounded, also over time', async () => {
    const { customer } = await makeConversation(widget);
    const many = (count: number, from = 0) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${from + index}`, index]));
    const tooMuch = { code: 'invalid' };
    await expect(setAttributes(customer, { attributes: many(51) })).rejects.toMatchObject(tooMuch);
    const long = {
      attributes: Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((key) => [key, 'x'.repeat(500)])),
    };
    await expect(setAttributes(customer, long)).rejects.toMatchObject(tooMuch);
    await setAttributes(customer, { attributes: many(50) });
    await setAttributes(customer, { attributes: many(50, 50) });
    await expect(setAttributes(customer, { attributes: many(1, 100) })).rejects.toMatchObject(tooMuch);
  });

  test('did is shown, newest first, once each, the last hundred kept, and goes with the visitor', async () => {
    const before = await makeConversation(widget);
    for (let index = 0; index < 101; index++) {
      await track(before.customer, did(`Act ${index}`, secondsAgo(200 - index)));
    }
    const again = { ...did('Paid', secondsAgo(1)), data: { total: 12.5, name: 'Ada' } };
    await track(before.customer, again);
    await track(before.customer, again);
    const { actions } = await getTicket(agent, before.ticketId);
    expect(actions.slice(0, 2).map(({ name }) => name)).toEqual(['Paid', 'Act 100']);
    expect(actions[0]?.details).toEqual({ total: 12.5, name: 'Ada' });
    const [row] = await read((tx) =>
      tx.execute<{ count: number }>(
        sql`select count(*)::int as count from customer_actions where customer_id = ${before.customer.id}`,
      ),
    );
    expect(row?.count).toBe(100);
    await signIn(newId(), before.token);
    expect((await getTicket(agent, before.ticketId)).actions).toHaveLength(20);
    const blank = track(before.customer, did(' \u202e '));
    await expect(blank).rejects.toMatchObject({ failure: { reason: 'name_empty' } });
  });
});

describe('secrets', () => {
  test('are told once, two at most are live, and only an admin makes and ends them', async () => {
    const other = await makeOtherWidget();
    const second = (await createSecret(admin, { widgetId: other.id, id: newId() })).value;
    expect(second.secret).toMatch(/^ps_[\w-]{43}$/);
    expect(JSON.stringify(second.secrets)).not.toContain(second.secret);
    const third = createSecret(admin, { widgetId: other.id, id: newId() });
    await expect(third).rejects.toMatchObject({ failure: { code: 'conflict', reason: 'secrets_two' } });
    const whoever = { kind: 'visitor', widgetId: other.id } as const;
    for (const key of [other.secret, second.secret]) {
      const claims = { ...claimsOf(newId()), aud: other.key };
      await identify(whoever, { ...asking(signed(claims, key)), widgetKey: other.key });
    }
    const used = await listSecrets(admin, other.id);
    expect(used.map(({ lastUsedAt }) => lastUsedAt !== null)).toEqual([true, true]);
    const old = used.find(({ hint }) => other.secret.endsWith(hint));
    const ref = { widgetId: other.id, secretId: old?.id ?? '' };
    const left = (await revokeSecret(admin, ref)).value;
    expect(left.map(({ revokedAt }) => revokedAt !== null)).toEqual([false, true]);
    expect((await revokeSecret(admin, ref)).value).toEqual(left);
    const forbidden = { code: 'forbidden' };
    const made = createSecret(agent, { widgetId: other.id, id: newId() });
    await expect(made).rejects.toMatchObject(forbidden);
    await expect(revokeSecret(agent, ref)).rejects.toMatchObject(forbidden);
    const checked = checkToken(agent, { widgetId: other.id, token: 'x' });
    await expect(checked).rejects.toMatchObject(forbidden);
    await expect(listSecrets(agent, other.id)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('made at once are two', async () => {
    const { value } = await createWidget(admin, { id: newId(), name: 'Two' });
    const made = await Promise.allSettled(
      Array.from({ length: 5 }, () => createSecret(admin, { widgetId: value.id, id: newId() })),
    );
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  });
});

describe('identity check', () => {
  test('accepts what signing in accepts without using it up, and knows what was used', async () => {
    const token = signed(claimsOf(newId(), { name: 'Ada' }));
    const first = await checkToken(admin, { widgetId: widget.id, token: ` ${token}\n` });
    expect(first).toMatchObject({ problems: [], claims: { name: 'Ada' }, secretHint: secret.slice(-4) });
    await identify(visitor(), asking(token));
    expect((await checkToken(admin, { widgetId: widget.id, token })).problems).toEqual([
      { reason: 'jti_used', claim: 'jti' },
    ]);
  });

  test('tells a revoked secret and another site’s from a wrong one', async () => {
    const other = await makeOtherWidget();
    const reasonsOf = async (token: string) =>
      (await checkToken(admin, { widgetId: widget.id, token })).problems.map(({ reason }) => reason);
    expect(await reasonsOf(signed(claimsOf('1'), other.secret))).toEqual(['signature_other_widget']);
    expect(await reasonsOf(signed({ ...claimsOf('1'), aud: other.key }))).toEqual(['aud_other_widget']);
    expect(await reasonsOf(signed(claimsOf('1'), 'guess'))).toEqual(['signature_wrong']);
    const { value } = await createSecret(admin, { widgetId: widget.id, id: newId() });
    const [made] = value.secrets;
    await revokeSecret(admin, { widgetId: widget.id, secretId: made?.id ?? '' });
    expect(await reasonsOf(signed(claimsOf('1'), value.secret))).toEqual(['signature_revoked']);
  });
});

test('merging moves every column that names a customer', async () => {
  const rows = await read((tx) =>
    tx.execute<{ name: string }>(sql`
      select con.conrelid::regclass::text || '.' || att.attname as name from pg_constraint con
      join pg_attribute att on att.attrelid = con.conrelid and att.attnum = any(con.conkey)
      where con.contype = 'f' and con.confrelid = 'customers'::regclass order by 1`),
  );
  // Identity tokens are a signed-in person's alone. Whatever is new here has to be moved by `mergeCustomer`.
  expect(rows.map(({ name }) => name)).toEqual([
    'customer_actions.customer_id',
    'customer_sessions.customer_id',
    'files.customer_id',
    'identity_tokens.customer_id',
    'messages.customer_id',
    'participants.customer_id',
    'tickets.customer_id',
  ]);
});

const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
const did = (name: string, at = new Date().toISOString()) => ({
  id: newId(),
  name,
  data: {},
  page: null,
  at,
});

function start() {
  return {
    ...{ ticketId: newId(), conversationId: newId(), id: newId(), text: 'Hello?' },
    ...{ locale: null, timezone: null, page: null },
  };
}

async function startTicketOf(customer: CustomerActor): Promise<Pick<Conversing, 'ticketId'>> {
  const first = start();
  await startTicket(customer, first);
  return first;
}

async function makeOtherWidget(): Promise<Widget & { secret: string }> {
  const { value } = await createWidget(admin, { id: newId(), name: 'Other' });
  const { value: made } = await createSecret(admin, { widgetId: value.id, id: newId() });
  return { ...value, secret: made.secret };
}

async function countEntries(conversationId: string): Promise<number> {
  const [row] = await read((tx) =>
    tx.execute<{ count: number; is_gapless: boolean }>(sql`
      select count(*)::int as count, coalesce(max(seq) = count(*) and max(public_seq) = count(*), true) as is_gapless
      from messages where conversation_id = ${conversationId}`),
  );
  if (row?.is_gapless !== true) throw new RefusedError({ code: 'conflict', reason: 'gap' });
  return row.count;
}

/** Of a visitor who signed in, nothing is left under the old name. */
async function expectNothingLeft(customerId: string): Promise<void> {
  const [row] = await read((tx) =>
    tx.execute(sql`
      select (select count(*) from tickets where customer_id = ${customerId})::int
        + (select count(*) from messages where customer_id = ${customerId})::int
        + (select count(*) from participants where customer_id = ${customerId})::int
        + (select count(*) from customer_sessions where customer_id = ${customerId})::int
        + (select count(*) from customer_actions where customer_id = ${customerId})::int
        + (select count(*) from typing_status where sender_id = ${customerId})::int as left,
        (select attributes = '{}' and name is null from customers where id = ${customerId}) as is_empty`),
  );
  expect(row).toEqual({ left: 0, is_empty: true });
}
