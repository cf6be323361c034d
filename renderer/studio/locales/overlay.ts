/** What is drawn over the program: comments and pinned messages. */
export const overlayEn = {}

export const overlayZh: typeof overlayEn = {}
