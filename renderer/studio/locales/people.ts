/** Who is here, draws and broadcasts. */
export const peopleEn = { unknown: 'How many are here is not known.', online: '{count} person here | {count} people here' }

export const peopleZh: typeof peopleEn = { unknown: '暂不知道在线人数。', online: '{count} 人在线 | {count} 人在线' }
