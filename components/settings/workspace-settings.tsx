'use client';

import { useState } from 'react';
import { SettingsBlock } from '#/components/settings/settings-shell.tsx';
import { Button } from '#/components/ui/button.tsx';
import { Dialog } from '#/components/ui/dialog.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { showToast } from '#/components/ui/toast.tsx';
import type { Result } from '#/lib/errors.ts';

/** The workspace as a whole: its name, and the example data while there is any. */
export function WorkspaceSettings({
  workspaceName,
  hasExampleData,
  isAdmin,
  removeExampleData,
  onChanged,
}: {
  workspaceName: string;
  hasExampleData: boolean;
  isAdmin: boolean;
  removeExampleData(): Promise<Result<unknown>>;
  onChanged(): void;
}) {
  const [isAsking, setIsAsking] = useState(false);
  const [isBusy, setIsBusy] = useState(false);

  async function remove() {
    setIsBusy(true);
    const result = await removeExampleData();
    setIsBusy(false);
    setIsAsking(false);
    if (!result.ok) {
      showToast(failureText(result.error), 'bad');
      return;
    }
    showToast('The example data is gone.');
    onChanged();
  }

  return (
    <>
      <SettingsBlock title="Name" lead="Customers see it in the chat.">
        <p dir="auto" className="rounded-card border border-line bg-bg-raised px-4 py-3 font-medium text-14">
          {workspaceName}
        </p>
      </SettingsBlock>
      <SettingsBlock
        title="Example data"
        lead={
          hasExampleData
            ? 'Example customers, colleagues and tickets are in this workspace.'
            : 'There is no example data in this workspace.'
        }
        actions={
          hasExampleData && isAdmin ? (
            <Button tone="bad" onClick={() => setIsAsking(true)}>
              Remove…
            </Button>
          ) : undefined
        }
      />
      <Dialog title="Remove the example data?" isOpen={isAsking} onOpenChange={setIsAsking}>
        <p className="text-14 text-text-muted">
          Every example customer, colleague, department and ticket goes, with what was written to them. Your
          own conversations stay. This cannot be undone.
        </p>
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={() => setIsAsking(false)}>Keep</Button>
          <Button tone="bad" isBusy={isBusy} onClick={() => void remove()}>
            Remove
          </Button>
        </div>
      </Dialog>
    </>
  );
}
