'use server';

import { agentAction } from '#/lib/action.ts';
import { savePreferencesInputSchema } from '#/lib/agents/preferences.ts';
import { openSession } from '#/lib/auth/open-session.ts';
import { savePicture as saveFace } from '#/lib/profile/picture.ts';
import {
  changePasswordInputSchema,
  savePictureInputSchema,
  saveProfileInputSchema,
} from '#/lib/profile/schema.ts';
import {
  changePassword as change,
  saveProfile as save,
  savePreferences as savePreferred,
} from '#/lib/profile/service.ts';

export const saveProfile = agentAction({
  name: 'profile.save',
  limit: 'settings.write',
  input: saveProfileInputSchema,
  run: (agent, input) => save(agent, input),
});

export const savePicture = agentAction({
  name: 'profile.savePicture',
  limit: 'settings.write',
  input: savePictureInputSchema,
  run: (agent, input) => saveFace(agent, input),
});

export const savePreferences = agentAction({
  name: 'profile.savePreferences',
  limit: 'settings.write',
  input: savePreferencesInputSchema,
  run: (agent, input) => savePreferred(agent, input),
});

export const changePassword = agentAction({
  name: 'profile.changePassword',
  limit: 'settings.write',
  input: changePasswordInputSchema,
  run: async (agent, input) => {
    const done = await change(agent, input);
    // Every session ended, this one as well: the browser that changed it goes on with a new one.
    await openSession({ email: agent.email, password: input.next });
    return done;
  },
});
