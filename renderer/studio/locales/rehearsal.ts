/** First run, rehearsal, and the summary of a show. */
export const rehearsalEn = {}

export const rehearsalZh: typeof rehearsalEn = {}
