'use client';

import { useRef, useState } from 'react';
import type { ProfileActs } from '#/components/settings/profile/profile-settings.tsx';
import { smallPicture } from '#/components/settings/profile/small-picture.ts';
import { SettingsBlock } from '#/components/settings/settings-shell.tsx';
import { Avatar } from '#/components/ui/avatar.tsx';
import { Button } from '#/components/ui/button.tsx';
import { failureText } from '#/components/ui/failure-text.ts';
import { showToast } from '#/components/ui/toast.tsx';

/** The face that customers see beside an agent's answers. Saved as soon as it is chosen. */
export function PictureSettings({
  name,
  pictureId: stored,
  acts,
}: {
  name: string;
  pictureId: string | null;
  acts: Pick<ProfileActs, 'savePicture'>;
}) {
  const [pictureId, setPictureId] = useState(stored);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  async function save(picture: string | null) {
    setBusy(true);
    const result = await acts.savePicture({ picture });
    setBusy(false);
    if (!result.ok) {
      setProblem(failureText(result.error));
      return;
    }
    setProblem(null);
    setPictureId(result.value.pictureId);
    showToast(picture === null ? 'Your picture is gone.' : 'Your picture is saved.');
  }

  async function choose(file: File | undefined) {
    if (file === undefined) return;
    const picture = await smallPicture(file);
    if (picture !== null) await save(picture);
    else setProblem('This file is no picture that the browser can read. Choose a JPEG, PNG or WebP.');
  }

  return (
    <SettingsBlock
      title="Picture"
      lead="Customers see it beside your answers. Without one they see your initials."
    >
      <div className="flex flex-wrap items-center gap-3">
        {pictureId === null ? (
          <Avatar name={name} size={40} />
        ) : (
          // biome-ignore lint/performance/noImgElement: it is as small as it is shown.
          <img
            src={`/api/pictures/${pictureId}`}
            alt="What customers see of you"
            className="size-10 rounded-full object-cover"
          />
        )}
        <input
          ref={input}
          type="file"
          accept="image/jpeg,image/png,image/webp"
          hidden
          onChange={(event) => {
            void choose(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
        <Button isBusy={isBusy} onClick={() => input.current?.click()}>
          Choose a picture
        </Button>
        {pictureId === null ? null : (
          <Button isBusy={isBusy} onClick={() => void save(null)}>
            Remove it
          </Button>
        )}
      </div>
      {problem === null ? null : (
        <p role="alert" className="text-bad">
          {problem}
        </p>
      )}
    </SettingsBlock>
  );
}
