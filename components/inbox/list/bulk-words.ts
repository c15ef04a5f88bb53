import { priorityNames, statusNames } from '#/components/ui/status-glyph.tsx';
import type { BulkAct, BulkJob } from '#/lib/bulk/schema.ts';
import { ticketCountMax } from '#/lib/tickets/schema.ts';

type Named = { id: string; name: string };
export type Names = { agents: readonly Named[]; departments: readonly Named[]; tags: readonly Named[] };

/** "1 ticket", "214 tickets", "999+ tickets". */
export function ticketsText(count: number): string {
  return count === 1 ? '1 ticket' : `${countOf(count)} tickets`;
}

function countOf(count: number): string {
  return count >= ticketCountMax ? `${ticketCountMax - 1}+` : String(count);
}

/** What an act does, as a button says it: "Assign 214 tickets to Ben Weber". */
export function actWords(act: BulkAct, count: number, names: Names): string {
  const tickets = ticketsText(count);
  switch (act.field) {
    case 'status':
      return act.to === 'resolved'
        ? `Resolve ${tickets}`
        : act.to === 'open'
          ? `Open ${tickets}`
          : `Set ${tickets} to ${statusNames[act.to].toLowerCase()}`;
    case 'assignee':
      return act.to === null
        ? `Unassign ${tickets}`
        : `Assign ${tickets} to ${nameOf(act.to, names.agents) ?? 'somebody who left'}`;
    case 'department':
      return act.to === null
        ? `Take ${tickets} out of their department`
        : `Move ${tickets} to ${nameOf(act.to, names.departments) ?? 'a department that is gone'}`;
    case 'priority':
      return `Set ${tickets} to ${priorityNames[act.to].toLowerCase()} priority`;
    case 'tags':
      return tagWords(act, tickets, names.tags);
    case 'snooze':
      return act.until === null ? `Wake ${tickets}` : `Snooze ${tickets}`;
  }
}

function tagWords(act: Extract<BulkAct, { field: 'tags' }>, tickets: string, tags: readonly Named[]): string {
  const named = (ids: readonly string[]) =>
    ids.map((id) => nameOf(id, tags) ?? 'a tag that is gone').join(', ');
  if (act.remove.length === 0) return `Tag ${tickets} with ${named(act.add)}`;
  if (act.add.length === 0) return `Take ${named(act.remove)} off ${tickets}`;
  return `Tag ${tickets} with ${named(act.add)}, take ${named(act.remove)} off`;
}

function nameOf(id: string, among: readonly Named[]): string | null {
  return among.find((each) => each.id === id)?.name ?? null;
}

/** What a job's strip says: the act while it runs, then how many it changed. */
export function jobWords(job: BulkJob, names: Names): string {
  const words =
    job.undoes === null ? actWords(job.act, job.total, names) : `Undo for ${ticketsText(job.total)}`;
  if (job.state === 'running') return words;
  const changed =
    job.undoes === null ? `${ticketsText(job.done)} changed` : `${ticketsText(job.done)} put back`;
  return job.state === 'cancelled' ? `Stopped. ${changed}` : changed;
}

/** Why tickets were left alone, in words: "12 were so already". */
export function reasonWords({ reason, count }: BulkJob['reasons'][number]): string {
  const were = count === 1 ? 'was' : 'were';
  const have = count === 1 ? 'has' : 'have';
  switch (reason) {
    case 'same_already':
      return `${count} ${were} so already`;
    case 'forbidden':
      return `${count} you may not change`;
    case 'not_found':
      return `${count} ${were} not there any more`;
    case 'changed_meanwhile':
      return `${count} somebody changed meanwhile`;
    case 'cancelled':
      return `${count} ${were} not reached before you stopped`;
    case 'nothing_to_undo':
      return `${count} had nothing to put back`;
    case 'too_many_tags':
      return `${count} ${have} as many tags as a ticket can have`;
    case 'agent_unknown':
    case 'department_unknown':
    case 'tag_unknown':
      return `${count}, because what they were to get is gone`;
    case 'merged':
      return `${count} ${have} been merged into another ticket`;
    default:
      return `${count} could not be changed`;
  }
}

/** A job belongs on the screen while it runs, and a while after: long enough to take it back. */
export function isShown(job: BulkJob, nowMs: number, dismissed: ReadonlySet<string>): boolean {
  if (job.state === 'running') return true;
  return !dismissed.has(job.id) && nowMs - Date.parse(job.createdAt) < shownMs;
}

const shownMs = 15 * 60_000;

/** The jobs with one more told of: later news of a job replaces earlier, but never goes back. */
export function withJob(jobs: readonly BulkJob[], news: BulkJob): BulkJob[] {
  const known = jobs.find((job) => job.id === news.id);
  if (known === undefined) return [news, ...jobs];
  // Events may come in another order than they happened; an end is an end, and counts only grow.
  const isOlder =
    news.done + news.skipped < known.done + known.skipped ||
    (known.state !== 'running' && news.state === 'running');
  return isOlder ? [...jobs] : jobs.map((job) => (job.id === news.id ? news : job));
}
