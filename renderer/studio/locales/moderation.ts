/** Moderation: dock, person card, audit log, word list, panic. */
export const moderationEn = {}

export const moderationZh: typeof moderationEn = {}
