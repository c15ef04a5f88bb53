'use client';

import { useId, useRef, useState } from 'react';
import { useWords } from '#/components/conversation/words.tsx';
import type { Services } from '#/components/widget/services.ts';
import { commentCharsMax, type Rating, type Score, scores } from '#/lib/ratings/limits.ts';

const faces: Record<Score, string> = { 1: '😞', 2: '🙁', 3: '😐', 4: '🙂', 5: '😍' };

/** One tap says how it went; a comment may follow, and both may be changed while the server takes it. */
export function RatingCard({
  conversationId,
  resolveId,
  rating: known,
  loadServices,
}: {
  conversationId: string;
  resolveId: string;
  rating: Rating | null;
  loadServices(): Promise<Services>;
}) {
  const { say } = useWords();
  const [rating, setRating] = useState(known);
  /** What was chosen and is on its way. */
  const [chosen, setChosen] = useState<number | null>(null);
  const [comment, setComment] = useState(known?.comment ?? '');
  const [isSent, setIsSent] = useState(false);
  const [problem, setProblem] = useState<'rating.failed' | 'rating.settled' | null>(null);
  const titleId = useId();
  const turn = useRef(0);
  const score = chosen ?? rating?.score ?? null;
  const isSettled = rating !== null && Date.parse(rating.changeableUntil) <= Date.now();

  async function rate(next: number, words: string): Promise<boolean> {
    const own = ++turn.current;
    setChosen(next);
    setProblem(null);
    const text = words.trim();
    const input = { conversationId, resolveId, score: next, comment: text === '' ? null : text };
    const result = await loadServices().then(
      (services) => services.rate(input),
      () => null,
    );
    // A later tap has taken its place.
    if (own !== turn.current) return false;
    setChosen(null);
    if (result?.ok === true) setRating(result.value);
    else setProblem(result?.error.reason === 'rating_settled' ? 'rating.settled' : 'rating.failed');
    return result?.ok === true;
  }

  return (
    <section
      aria-labelledby={titleId}
      aria-live="off"
      className="mx-auto flex w-full max-w-96 flex-col items-center gap-3 rounded-card border border-line bg-bg-raised px-4 py-4 text-center"
    >
      <h2 id={titleId} className="text-14 font-medium">
        {say('rating.ask')}
      </h2>
      <fieldset className="flex justify-center" aria-labelledby={titleId} disabled={isSettled}>
        {scores.map((each) => (
          <label
            key={each}
            title={say(`rating.${each}`)}
            className={`relative flex size-12 cursor-pointer items-center justify-center rounded-full text-[26px] leading-none transition-[opacity,transform] has-focus-visible:outline-2 has-focus-visible:outline-accent-ink ${
              score === null
                ? 'hover:scale-110'
                : score === each
                  ? 'scale-110 bg-accent-bg'
                  : 'opacity-50 hover:opacity-100'
            }`}
          >
            <input
              type="radio"
              name={`${titleId}score`}
              checked={score === each}
              onChange={() => rate(each, comment)}
              className="absolute inset-0 size-full cursor-[inherit] appearance-none rounded-full opacity-0"
            />
            <span aria-hidden="true">{faces[each]}</span>
            <span className="sr-only">{say(`rating.${each}`)}</span>
          </label>
        ))}
      </fieldset>
      {rating === null || isSettled ? null : (
        <form
          noValidate
          className="flex w-full flex-col gap-2"
          onSubmit={async (event) => {
            event.preventDefault();
            setIsSent(await rate(rating.score, comment));
          }}
        >
          <textarea
            rows={2}
            dir={comment === '' ? undefined : 'auto'}
            maxLength={commentCharsMax}
            aria-label={say('rating.comment')}
            placeholder={say('rating.comment')}
            value={comment}
            onChange={(event) => {
              setComment(event.target.value);
              setIsSent(false);
            }}
            className="w-full resize-none rounded-card border border-line-strong bg-bg px-3 py-2 text-14 placeholder:text-text-faint pointer-coarse:text-16"
          />
          {comment.trim() === (rating.comment ?? '') ? null : (
            <button
              type="submit"
              className="min-h-11 rounded-card border border-line-strong px-4 text-14 font-medium hover:bg-bg-hover"
            >
              {say('rating.send')}
            </button>
          )}
        </form>
      )}
      <p role="status" className="text-12 text-text-muted empty:hidden">
        {problem !== null
          ? say(problem)
          : isSent
            ? say('rating.sent')
            : rating !== null
              ? say('rating.thanks')
              : ''}
      </p>
    </section>
  );
}
