/** Notice, status cards, title, cover and introduction. */
export const noticeEn = {}

export const noticeZh: typeof noticeEn = {}
