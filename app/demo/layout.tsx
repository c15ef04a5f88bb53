import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import './shop.css';

export const metadata: Metadata = {
  title: { absolute: 'Fernhill: pots, plants and things for the home' },
  description: 'A small shop that embeds Parley by its one script tag.',
};

export default function ShopLayout({ children }: { children: ReactNode }) {
  return children;
}
