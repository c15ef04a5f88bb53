import { describe, expect, test } from 'vitest';
import {
  checkHistory,
  type FinalState,
  type Invariant,
  openLeakWatch,
  openWitness,
  outcomesOf,
  type Recording,
  type Row,
  type Shown,
  startRecording,
  type View,
} from '#/bench/history-checker.ts';

const conversationId = 'c';
const own = '01a20000-0000-7000-8000-000000000001';
const foreign = '01a20000-0000-7000-8000-000000000002';
const note = '01a20000-0000-7000-8000-000000000003';
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
    for (const state of ['sending', 'held', 'guarded'] as const) {
      expect(
        broken((run) => {
          const stuck: Shown = { id: 'm9', kind: 'reply', text: 'm9', order: null, state };
          run.final.views = [{ ...shownBy(run, 0), shown: [...shownBy(run, 0).shown, stuck] }];
        }),
      ).toEqual(['I7']);
    }
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

describe('the seven ways to break a promise', () => {
  test('lost: acknowledged, and gone from the database', () => {
    expect(
      broken(({ final }) => {
        final.rows.pop();
        at(final.heads, 0).lastSeq = 3;
        at(final.heads, 0).lastPublicSeq = 2;
      }),
    ).toContain('I1');
  });

  test('doubled: one id in two rows, or in two bubbles', () => {
    expect(
      broken(({ final }) => {
        final.rows.push({ ...at(final.rows, 3), seq: 5, publicSeq: 4 });
        at(final.heads, 0).lastSeq = 5;
        at(final.heads, 0).lastPublicSeq = 4;
      }),
    ).toContain('I2');
    expect(watched([sent(1), { ...sent(1), order: 2 }])).toContain('I2');
  });

  test('swapped: two messages in another order than they were shown, or than time had them', () => {
    expect(
      broken(({ final }) => {
        const [one, two] = [at(final.rows, 0), at(final.rows, 3)];
        [one.id, two.id] = [two.id, one.id];
        [one.text, two.text] = [two.text, one.text];
      }),
    ).toContain('I5');
    expect(
      broken(({ recording }) => {
        for (const attempt of recording.attempts) attempt.atMs = attempt.id === 'm1' ? 2_000 : 0;
        for (const acknowledgement of recording.acknowledgements) acknowledgement.atMs = 1_000;
      }),
    ).toEqual(['I5']);
  });

  test('phantom: stored or shown, and never written', () => {
    expect(
      broken(({ final }) => {
        final.rows.push(row(5, 4, 'x1', 'mia'));
        at(final.heads, 0).lastSeq = 5;
        at(final.heads, 0).lastPublicSeq = 4;
      }),
    ).toContain('I3');
    expect(
      broken(({ recording }) => openWitness(recording, { ...mia, reader: 'Tab 2' })([sent(9, 'x1')], 0)),
    ).toEqual(['I8']);
  });

  test('gap: a hole in the numbers, or on a screen', () => {
    expect(broken(({ final }) => final.rows.splice(1, 1))).toContain('I4');
    expect(watched([sent(1), sent(3)])).toEqual(['I5']);
  });

  test('leaked: a note, its id, or another conversation reached a customer', () => {
    const secrets = { ids: new Set([own, foreign, note]), words: ['for-colleagues-only'] };
    const received = (...texts: string[]) => {
      const recording = startRecording();
      const watch = openLeakWatch(recording, { reader: 'Mia', own, secrets });
      for (const text of texts) watch(text);
      return recording.violations.map(({ invariant }) => invariant);
    };
    expect(received(`{"conversationId":"${own}","text":"Hello"}`, 'data for colleagues')).toEqual([]);
    expect(received('{"text":"He is wrong (for-colleagues-only)"}')).toEqual(['I9']);
    expect(received(`{"conversationId":"${foreign}"}`)).toEqual(['I9']);
    expect(received(`{"after":3,"entry":{"id":"${note}"}}`)).toEqual(['I9']);
  });

  test('stuck: new sends, screens or publishing that do not come back', () => {
    const healthy = { convergedMs: 900, convergeMsMax: 10_000, publishedMs: 2_500 };
    const recovered = (recovery: Partial<FinalState['recovery']>) =>
      broken(({ final }) => {
        final.recovery = { ...healthy, freshSends: [{ id: 'm2', acknowledgedMs: 40 }], ...recovery };
      });
    expect(recovered({})).toEqual([]);
    expect(recovered({ freshSends: [{ id: 'm2', acknowledgedMs: null }] })).toEqual(['I12']);
    expect(recovered({ freshSends: [{ id: 'm2', acknowledgedMs: 10_001 }] })).toEqual(['I12']);
    expect(recovered({ convergedMs: 10_001 })).toEqual(['I7']);
    expect(recovered({ publishedMs: 10_001 })).toEqual(['I11']);
  });
});

describe('what was told', () => {
  test('an entry that the realtime server never heard of is caught', () => {
    const heard = new Set(['m1', 'n1', 'a1']);
    expect(broken(({ final }) => (final.told = { heard, due: ['m1', 'a1'] }))).toEqual([]);
    expect(broken(({ final }) => (final.told = { heard, due: ['m1', 'm2'] }))).toEqual(['I11']);
  });

  test('a status that is not the last one in the log is caught', () => {
    expect(
      broken(({ final }) => {
        final.heads = [{ ...at(final.heads, 0), status: 'open', lastStatus: 'open' }];
      }),
    ).toEqual([]);
    expect(
      broken(({ final }) => {
        final.heads = [{ ...at(final.heads, 0), status: 'open', lastStatus: 'resolved' }];
      }),
    ).toEqual(['I10']);
  });

  test('an answer that never came is unknown, not a failure', () => {
    const { recording } = makeRun();
    recording.acknowledgements.pop();
    expect(outcomesOf(recording).get('m1')).toBe('acknowledged');
    expect(outcomesOf(recording).get('m2')).toBe('unknown');
    recording.refusals.add('m2');
    expect(outcomesOf(recording).get('m2')).toBe('refused');
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
