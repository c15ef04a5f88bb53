import { redirect } from 'next/navigation';

/** The inbox is what most people come for; it sends on those who are not signed in. */
export default function StartPage() {
  redirect('/inbox');
}
