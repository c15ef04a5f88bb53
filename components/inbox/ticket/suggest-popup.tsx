import { type ReactNode, useEffect, useRef } from 'react';

export type Suggestion = { id: string; label: ReactNode; hint?: ReactNode };

export type SuggestPopupProps = {
  /** The id of the list; options are `${id}-${index}`, for `aria-activedescendant`. */
  id: string;
  label: string;
  suggestions: readonly Suggestion[];
  active: number;
  onActive(index: number): void;
  onChoose(index: number): void;
  /** Above the list: a search field. */
  search?: ReactNode;
  /** In place of the list, when there is nothing in it. */
  empty?: ReactNode;
  /** Beside the list where there is room: what the active one would put in. */
  preview?: ReactNode;
  /** How many there are, told to screen readers as it changes. */
  spoken: string;
};

/** What may be put in at the caret, above the composer. The focus stays where the person types. */
export function SuggestPopup(props: SuggestPopupProps) {
  const { id, suggestions, active } = props;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector(`[id="${id}-${active}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [id, active]);
  return (
    <div className="absolute inset-x-0 bottom-full z-20 mb-2 animate-fade overflow-hidden rounded-card border border-line bg-bg-overlay shadow-float">
      {props.search}
      <p role="status" className="sr-only">
        {props.spoken}
      </p>
      {suggestions.length === 0 ? (
        <div className="px-4 py-6 text-center text-text-muted">{props.empty}</div>
      ) : (
        <div className="flex">
          <div
            ref={list}
            id={id}
            role="listbox"
            aria-label={props.label}
            className="max-h-[min(264px,36dvh)] min-w-0 flex-1 overflow-y-auto p-1 [scrollbar-width:thin]"
          >
            {suggestions.map((suggestion, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field that has the focus.
              <div
                key={suggestion.id}
                id={`${id}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === active}
                onMouseDown={(event) => event.preventDefault()}
                onMouseMove={() => {
                  if (index !== active) props.onActive(index);
                }}
                onClick={() => props.onChoose(index)}
                className="flex min-h-8 cursor-default items-center gap-2 rounded-control px-2 py-1 aria-selected:bg-bg-hover max-tablet:min-h-11"
              >
                {suggestion.label}
                {suggestion.hint}
              </div>
            ))}
          </div>
          {props.preview === undefined ? null : (
            <div
              aria-hidden="true"
              className="max-h-[min(264px,36dvh)] w-[46%] shrink-0 overflow-y-auto border-line border-s p-3 max-tablet:hidden"
            >
              {props.preview}
            </div>
          )}
        </div>
      )}
    </div>
  );
}

/** Moves along a list and round its ends. */
export function stepIn(count: number, from: number, by: 1 | -1): number {
  return count === 0 ? 0 : (from + by + count) % count;
}
