import type { Viewport } from 'next';
import type { ReactNode } from 'react';
import './widget.css';

export const viewport: Viewport = { width: 'device-width', initialScale: 1, viewportFit: 'cover' };

export default function WidgetLayout({ children }: { children: ReactNode }) {
  return children;
}
