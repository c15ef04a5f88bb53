import { lazy, Suspense } from 'react';
import { placeOf } from '#/components/conversation/attachments/picture-place.ts';
import type { FileRef } from '#/lib/files/schema.ts';

const FileList = lazy(async () => ({
  default: (await import('#/components/conversation/attachments/file-list.tsx')).FileList,
}));

/** The files of a message. Each has its place from the beginning on: nothing moves when its picture comes. */
export function MessageFiles({ files }: { files: readonly FileRef[] | undefined }) {
  if (files === undefined || files.length === 0) return null;
  return (
    <Suspense
      fallback={
        <ul className="my-1 flex flex-col gap-1.5">
          {files.map((file) => (
            <li
              key={file.id}
              style={placeOf(file)}
              className="h-13 max-w-full truncate rounded-control bg-bg-sunken"
            >
              <span className="sr-only">{file.name}</span>
            </li>
          ))}
        </ul>
      }
    >
      <FileList files={files} />
    </Suspense>
  );
}
