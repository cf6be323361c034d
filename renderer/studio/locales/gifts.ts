/** Gift lane, gift tab and likes. */
export const giftsEn = { empty: 'No gift yet in this show.', times: '×{count}' }

export const giftsZh: typeof giftsEn = { empty: '本场还没有礼物。', times: '×{count}' }
