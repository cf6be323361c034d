/**
 * The worker's own display where there are several: on a shared one a window of another app that comes or goes lets the pointer enter this one's, and the
 * chat holds still under it.
 */
const displays = (process.env['ANCHORDESK_DISPLAYS'] ?? '').split(' ')
const own = displays[(Number(process.env['VITEST_POOL_ID'] ?? 1) - 1) % displays.length]
if (own !== undefined && own !== '') process.env['DISPLAY'] = own
