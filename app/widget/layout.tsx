import type { ReactNode } from 'react';
import './widget.css';

export default function WidgetLayout({ children }: { children: ReactNode }) {
  return children;
}
