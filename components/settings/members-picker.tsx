'use client';

import { useState } from 'react';
import { Avatar } from '#/components/ui/avatar.tsx';
import { SearchField } from '#/components/ui/field.tsx';

export type Pickable = {
  id: string;
  name: string;
  departmentId: string | null;
  /** Name of the department they are in now. */
  departmentName: string | null;
};

const searchableFrom = 8;

/** Who is in a department: everybody, ticked or not, with where they would come from. */
export function MembersPicker({
  agents,
  departmentId,
  memberIds,
  onChange,
}: {
  agents: readonly Pickable[];
  departmentId: string;
  memberIds: readonly string[];
  onChange(memberIds: readonly string[]): void;
}) {
  const [query, setQuery] = useState('');
  const chosen = new Set(memberIds);
  const wanted = query.trim().toLocaleLowerCase();
  const found = agents.filter(({ name }) => name.toLocaleLowerCase().includes(wanted));
  return (
    <div className="flex flex-col gap-2">
      {agents.length >= searchableFrom ? (
        <SearchField label="Find an agent" value={query} onChange={setQuery} />
      ) : null}
      <ul
        aria-label="Members"
        className="max-h-80 overflow-y-auto rounded-card border border-line bg-bg-raised"
      >
        {found.map((agent) => {
          const isMember = chosen.has(agent.id);
          const isMoved = isMember && agent.departmentId !== null && agent.departmentId !== departmentId;
          return (
            <li key={agent.id} className="border-line border-b last:border-b-0">
              <label className="flex min-h-11 cursor-pointer items-center gap-3 px-4 py-1.5 hover:bg-bg-hover">
                <input
                  type="checkbox"
                  checked={isMember}
                  onChange={() =>
                    onChange(isMember ? memberIds.filter((id) => id !== agent.id) : [...memberIds, agent.id])
                  }
                  className="size-4 shrink-0 accent-accent"
                />
                <Avatar name={agent.name} size={24} />
                <bdi className="min-w-0 flex-1 truncate">{agent.name}</bdi>
                <span className="truncate text-text-muted">
                  {isMoved
                    ? `moves from ${agent.departmentName}`
                    : agent.departmentId === departmentId
                      ? ''
                      : agent.departmentName}
                </span>
              </label>
            </li>
          );
        })}
        {found.length === 0 ? <li className="px-4 py-3 text-text-muted">Nobody of that name.</li> : null}
      </ul>
    </div>
  );
}
