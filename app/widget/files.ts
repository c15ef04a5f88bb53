import type { Messenger } from '#/components/widget/messenger.ts';
import { pageOriginHeader, widgetKeyHeader } from '#/lib/files/rules.ts';
import { type FilePorts, openFileTransfer } from '#/lib/sync/file-transfer.ts';

/** The frame's way for files: the session travels in a header, never in an address. */
export function openWidgetFiles(widgetKey: string, writer: Messenger['writer']): FilePorts {
  return openFileTransfer('/api/widget/files', () => {
    const { token, origin } = writer();
    return {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      [widgetKeyHeader]: widgetKey,
      ...(origin === null ? {} : { [pageOriginHeader]: origin }),
    };
  });
}
