import { useEffect, useRef, useState } from 'react';
import type { FileAccess } from '#/components/conversation/attachments/files-context.ts';
import type { FileRef } from '#/lib/files/schema.ts';

/** How long a browser may take to begin saving what an address of its own names. */
const savedMsMax = 60_000;

/** Fetches a file with the session and hands it to the browser to save: nobody but us could read its address. */
export function useSaving(file: FileRef, access: FileAccess) {
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle');
  const ended = useRef(new Set<() => void>());
  useEffect(() => {
    const all = ended.current;
    return () => {
      for (const end of [...all]) end();
    };
  }, []);
  async function save() {
    if (state === 'busy') return;
    setState('busy');
    const result = await access()
      .then((ports) => ports.read(file.id, 'whole'))
      .catch(() => null);
    setState(result?.ok === true ? 'idle' : 'failed');
    if (result?.ok !== true) return;
    // Whatever it is, as something to save it runs nowhere.
    const address = URL.createObjectURL(new Blob([result.value], { type: 'application/octet-stream' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = file.name;
    link.click();
    const timer = setTimeout(end, savedMsMax);
    function end() {
      clearTimeout(timer);
      URL.revokeObjectURL(address);
      ended.current.delete(end);
    }
    ended.current.add(end);
  }
  return { state, save: () => void save() };
}
