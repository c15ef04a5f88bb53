import { createContext } from 'react';

/** Ids of the agents' pictures, by the agents' ids. Who has none is shown by initials. */
export const FacesContext = createContext<Readonly<Record<string, string>>>({});
