import { describe, expect, test } from 'vitest';
import {
  checkHistory,
  type FinalState,
  type Invariant,
  openWitness,
  type Recording,
  type Row,
  type Shown,
  startRecording,
  type View,
} from '#/bench/history-checker.ts';

const conversationId = 'c';
const mia: View = { reader: 'Mia', sender: 'mia', audience: 'customer', conversationId };
const ada: View = { reader: 'Ada', sender: 'ada', audience: 'staff', conversationId };

type Run = { recording: Recording; final: FinalState & { rows: Row[] } };

/** Mia asks (1), Ada notes (2, not public), Ada replies (3, public 2), Mia thanks (4, public 3). Nothing is wrong. */
function makeRun(): Run {
  const rows: Row[] = [
    row(1, 1, 'm1', 'mia'),
    row(2, null, 'n1', 'ada', 'note'),
    row(3, 2, 'a1', 'ada'),
    row(4, 3, 'm2', 'mia'),
  ];
  const recording = startRecording();
  for (const { id, sender, text } of rows) {
    recording.attempts.push({ id, conversationId, sender: sender ?? '', text });
  }
  for (const { id, seq, publicSeq, sender, text } of rows) {
    const audience = sender === 'mia' ? 'customer' : 'staff';
    const order = audience === 'customer' ? (publicSeq ?? 0) : seq;
    recording.acknowledgements.push({ id, conversationId, audience, order, text });
  }
  const views = [mia, ada].map((view) => {
    const shown = screenOf(view, rows);
    openWitness(recording, view)(shown, 1);
    // Behind the first: for Mia Ada's reply, for Ada Mia's thanks.
    return { ...view, shown, readThrough: 1, unreadCount: 1 };
  });
  const heads = [{ conversationId, lastSeq: 4, lastPublicSeq: 3 }];
  return { recording, final: { rows, heads, unpublishedEvents: 0, views } };
}

function row(
  seq: number,
  publicSeq: number | null,
  id: string,
  sender: string,
  kind: Row['kind'] = 'reply',
): Row {
  return { conversationId, seq, publicSeq, id, kind, sender, text: `text of ${id}` };
}

function screenOf({ audience }: View, rows: readonly Row[]): Shown[] {
  return rows.flatMap(({ id, kind, text, seq, publicSeq }) => {
    const order = audience === 'staff' ? seq : publicSeq;
    return order === null ? [] : [{ id, kind, text, order, state: 'sent' as const }];
  });
}

function broken(spoil: (run: Run) => void): Invariant[] {
  const run = makeRun();
  spoil(run);
  return [...new Set(checkHistory(run.recording, run.final).map(({ invariant }) => invariant))].toSorted();
}

function at<Value>(values: readonly Value[], index: number): Value {
  const value = values[index];
  if (value === undefined) throw new Error(`nothing at ${index}`);
  return value;
}

/** Mia's screen over time, as a list of screens. */
function watched(...screens: Shown[][]): Invariant[] {
  const recording = startRecording();
  const witness = openWitness(recording, mia);
  for (const screen of screens) witness(screen, 0);
  return [...new Set(recording.violations.map(({ invariant }) => invariant))];
}

function sent(order: number, id = `m${order}`): Shown {
  return { id, kind: 'reply', text: id, order, state: 'sent' };
}

describe('a history', () => {
  test('that kept its promises has no violation', () => {
    expect(broken(() => {})).toEqual([]);
  });

  test('that lost an acknowledged message is caught', () => {
    expect(broken(({ final }) => final.rows.pop())).toContain('I1');
  });

  test('whose acknowledged message moved or reads differently is caught', () => {
    expect(broken(({ recording }) => (at(recording.acknowledgements, 0).order = 2))).toEqual(['I1']);
    expect(broken(({ final }) => (at(final.rows, 0).text = 'something else'))).toContain('I1');
  });

  test('that stored a message twice is caught', () => {
    expect(
      broken(({ final }) => {
        final.rows.push({ ...at(final.rows, 3), seq: 5, publicSeq: 4 });
        at(final.heads, 0).lastSeq = 5;
        at(final.heads, 0).lastPublicSeq = 4;
      }),
    ).toContain('I2');
  });

  test('that invented a message, or signed it with another name, is caught', () => {
    expect(broken(({ recording }) => recording.attempts.splice(1, 1))).toEqual(['I3']);
    expect(broken(({ recording }) => (at(recording.attempts, 2).sender = 'mia'))).toEqual(['I3']);
  });

  test('with a hole in its numbers, or a head that is not its last, is caught', () => {
    expect(broken(({ final }) => (at(final.rows, 3).seq = 5))).toContain('I4');
    expect(broken(({ final }) => (at(final.rows, 3).publicSeq = 4))).toContain('I4');
    expect(broken(({ final }) => (at(final.heads, 0).lastSeq = 5))).toEqual(['I4']);
    expect(broken(({ final }) => (at(final.heads, 0).lastPublicSeq = 2))).toEqual(['I4']);
  });

  test('that stored two messages in another order than shown is caught', () => {
    expect(
      broken(({ final }) => {
        const [one, two] = [at(final.rows, 0), at(final.rows, 2)];
        [one.id, two.id] = [two.id, one.id];
      }),
    ).toContain('I5');
  });

  test('with a sender whose messages changed places is caught', () => {
    expect(broken(({ recording }) => recording.attempts.reverse())).toEqual(['I6']);
  });

  test('with a reader who never got the end, or still sends, is caught', () => {
    const shownBy = (run: Run, index: number) => at(run.final.views, index);
    expect(
      broken((run) => {
        run.final.views = [shownBy(run, 0), { ...shownBy(run, 1), shown: shownBy(run, 1).shown.slice(0, 3) }];
      }),
    ).toEqual(['I7']);
    expect(
      broken((run) => {
        const stuck: Shown = { id: 'm9', kind: 'reply', text: 'm9', order: null, state: 'sending' };
        run.final.views = [{ ...shownBy(run, 0), shown: [...shownBy(run, 0).shown, stuck] }];
      }),
    ).toEqual(['I7']);
    expect(
      broken((run) => {
        run.final.views = [{ ...shownBy(run, 0), unreadCount: 7 }];
      }),
    ).toEqual(['I7']);
  });

  test('that shows as not sent what is stored, or as sent what is not, is caught', () => {
    expect(
      broken(({ final }) => {
        const failed: Shown = { id: 'm2', kind: 'reply', text: 'm2', order: null, state: 'failed' };
        const view = at(final.views, 0);
        final.views = [{ ...view, shown: [...view.shown, failed] }];
      }),
    ).toEqual(['I8']);
    expect(
      broken(({ recording }) => openWitness(recording, { ...mia, reader: 'Tab 2' })([sent(4, 'm9')], 0)),
    ).toEqual(['I8']);
  });

  test('with an event that nobody was told of is caught', () => {
    expect(broken(({ final }) => (final.unpublishedEvents = 1))).toEqual(['I11']);
  });
});

describe('a screen', () => {
  test('that only grows is fine', () => {
    const first = sent(1);
    expect(
      watched([], [first], [first, sent(2)], [first, sent(2), { ...sent(3), order: null, state: 'sending' }]),
    ).toEqual([]);
  });

  test('with an id twice is caught', () => {
    expect(watched([sent(1), sent(2, 'm1')])).toContain('I2');
  });

  test('with a gap, a swap, or a confirmed message behind an unconfirmed one is caught', () => {
    expect(watched([sent(1), sent(3)])).toEqual(['I5']);
    expect(watched([sent(2), sent(1)])).toContain('I5');
    expect(watched([sent(1), { ...sent(2), order: null, state: 'sending' }, sent(2, 'm3')])).toEqual(['I5']);
  });

  test('that takes something back or puts another in its place is caught', () => {
    expect(watched([sent(1), sent(2)], [sent(1)])).toEqual(['I5']);
    expect(watched([sent(1)], [sent(1, 'other')])).toEqual(['I5']);
  });

  test('that says sent without an order is caught', () => {
    expect(watched([{ ...sent(1), order: null }])).toEqual(['I8']);
  });

  test('whose read mark falls is caught', () => {
    const recording = startRecording();
    const witness = openWitness(recording, mia);
    witness([sent(1), sent(2)], 2);
    witness([sent(1), sent(2)], 1);
    expect(recording.violations.map(({ invariant }) => invariant)).toEqual(['I10']);
  });

  test('that differs from what another reader saw at the same place is caught', () => {
    const recording = startRecording();
    openWitness(recording, mia)([sent(1, 'a')], 0);
    openWitness(recording, { ...mia, reader: 'Tab 2' })([sent(1, 'b')], 0);
    expect(recording.violations.map(({ invariant }) => invariant)).toEqual(['I5']);
  });
});
