export const notificationKinds = ['mention', 'assigned', 'woke'] as const;
export type NotificationKind = (typeof notificationKinds)[number];
