'use client';

import { Check, Plus } from 'lucide-react';
import { type KeyboardEvent, useId, useState } from 'react';
import { stepIn } from '#/components/inbox/ticket/suggest-popup.tsx';
import { rarestColor, tagOptions } from '#/components/inbox/ticket/tag-search.ts';
import { failureText } from '#/components/ui/failure-text.ts';
import { TagDot } from '#/components/ui/tag-chip.tsx';
import type { Failure, Result } from '#/lib/errors.ts';
import { newId } from '#/lib/ids.ts';
import { type CreateTagInput, type Tag, type TagColor, tagColors } from '#/lib/tags/schema.ts';
import type { TicketChange, TicketRow } from '#/lib/tickets/schema.ts';

type TagPickerProps = {
  /** On the ticket now. */
  chosen: TicketRow['tags'];
  tags: readonly Tag[];
  createTag(input: CreateTagInput): Promise<Result<Tag>>;
  onChange(change: Extract<TicketChange, { field: 'tags' }>): void;
};

/** Puts tags on and takes them off, one press each; a name that nobody has becomes a tag where it is typed. */
export function TagPicker({ chosen, tags, createTag, onChange }: TagPickerProps) {
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const [color, setColor] = useState<TagColor | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isMaking, setIsMaking] = useState(false);
  const listId = useId();
  const all = [...tags, ...chosen.filter((own) => !tags.some((tag) => tag.id === own.id))];
  const options = tagOptions(all, query);
  const at = Math.min(active, Math.max(0, options.length - 1));
  const offer = options.at(-1);
  const newColor = color ?? rarestColor(tags);
  const isOn = (tag: Tag) => chosen.some((own) => own.id === tag.id);

  async function choose(index: number) {
    const option = options[index];
    if (option === undefined || isMaking) return;
    if (option.kind === 'tag') {
      const { id } = option.tag;
      onChange(
        isOn(option.tag)
          ? { field: 'tags', add: [], remove: [id] }
          : { field: 'tags', add: [id], remove: [] },
      );
      setQuery('');
      return;
    }
    setIsMaking(true);
    const result = await createTag({ id: newId(), name: option.name, color: newColor });
    setIsMaking(false);
    if (!result.ok) {
      setFailure(result.error);
      return;
    }
    setFailure(null);
    setColor(null);
    setQuery('');
    onChange({ field: 'tags', add: [result.value.id], remove: [] });
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown') setActive(stepIn(options.length, at, 1));
    else if (event.key === 'ArrowUp') setActive(stepIn(options.length, at, -1));
    else if (event.key === 'Enter') void choose(at);
    else return;
    event.preventDefault();
  }

  return (
    <div className="flex flex-col">
      <input
        role="combobox"
        aria-label="Find or make a tag"
        aria-expanded={options.length > 0}
        aria-controls={options.length > 0 ? listId : undefined}
        aria-activedescendant={options.length > 0 ? `${listId}-${at}` : undefined}
        aria-autocomplete="list"
        placeholder="Find or make a tag"
        autoComplete="off"
        dir="auto"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
          setFailure(null);
        }}
        onKeyDown={onKeyDown}
        className="h-10 border-line border-b bg-transparent px-3 text-14 outline-none max-tablet:h-12 max-tablet:text-16"
      />
      {options.length === 0 ? (
        <p className="px-3 py-4 text-center text-text-muted">
          {query.trim() === '' ? 'There is no tag yet. Type a name to make one.' : 'That name is too long.'}
        </p>
      ) : (
        <div
          id={listId}
          role="listbox"
          aria-label="Tags"
          aria-multiselectable="true"
          className="max-h-64 overflow-y-auto p-1 [scrollbar-width:thin]"
        >
          {options.map((option, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field, which keeps the focus.
            <div
              key={option.kind === 'tag' ? option.tag.id : 'create'}
              id={`${listId}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={option.kind === 'tag' && isOn(option.tag)}
              data-active={index === at}
              onMouseDown={(event) => event.preventDefault()}
              onMouseMove={() => setActive(index)}
              onClick={() => void choose(index)}
              className="flex min-h-8 cursor-default items-center gap-2 rounded-control px-2 data-[active=true]:bg-bg-hover max-tablet:min-h-11"
            >
              {option.kind === 'tag' ? (
                <>
                  <TagDot color={option.tag.color} />
                  <bdi className="min-w-0 flex-1 truncate">{option.tag.name}</bdi>
                  {isOn(option.tag) ? (
                    <Check className="size-4 shrink-0 text-accent-ink" aria-hidden="true" />
                  ) : null}
                </>
              ) : (
                <>
                  <Plus className="size-4 shrink-0 text-text-muted" strokeWidth={1.75} aria-hidden="true" />
                  <span className="min-w-0 flex-1 truncate">
                    Make “<bdi>{option.name}</bdi>”
                  </span>
                  <TagDot color={newColor} />
                </>
              )}
            </div>
          ))}
        </div>
      )}
      {offer?.kind === 'create' ? <Colors chosen={newColor} onChoose={setColor} /> : null}
      <p role="status" className="px-3 pb-2 text-bad empty:hidden">
        {failure === null ? null : failureText(failure)}
      </p>
    </div>
  );
}

function Colors({ chosen, onChoose }: { chosen: TagColor; onChoose(color: TagColor): void }) {
  return (
    <fieldset aria-label="Colour of the new tag" className="flex gap-0.5 border-line border-t p-2">
      {tagColors.map((color) => (
        <button
          key={color}
          type="button"
          aria-label={color}
          aria-pressed={color === chosen}
          title={color}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(color)}
          className="flex size-7 items-center justify-center rounded-control border border-transparent hover:bg-bg-hover aria-pressed:border-line-strong max-tablet:size-10"
        >
          <TagDot color={color} />
        </button>
      ))}
    </fieldset>
  );
}
