'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '#/components/ui/button.tsx';
import { showToast } from '#/components/ui/toast.tsx';

/** Copies `text` and says so in place. */
export function CopyButton({
  text,
  label = 'Copy',
  size = 'small',
}: {
  text: string;
  label?: string;
  size?: 'small' | 'medium';
}) {
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const handle = setTimeout(() => setIsCopied(false), 2_000);
    return () => clearTimeout(handle);
  }, [isCopied]);
  return (
    <Button size={size} onClick={() => void copyText(text).then(setIsCopied)}>
      {isCopied ? (
        <Check className="size-4" aria-hidden="true" />
      ) : (
        <Copy className="size-4" aria-hidden="true" />
      )}
      <span aria-live="polite">{isCopied ? 'Copied' : label}</span>
    </Button>
  );
}

/** Puts text on the clipboard; false, and a word to the person, where the browser refuses. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    showToast('Your browser did not allow copying. Select the text and copy it by hand.', 'bad');
    return false;
  }
}
